"""Blotting out who applies: names in every spelling, numbers and addresses, for copies that reviewers get blind.

A text is folded letter by letter (width, case, old kanji, kana, accents; spaces and marks fall away), each folded
letter remembering where it stood, so that a name is found however it is written and the text around it stays whole.
Too much is blotted out rather than too little.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from app.core import names

BLOT = "■■■"
_SMALL = str.maketrans("ぁぃぅぇぉっゃゅょゎゕゖ", "あいうえおつやゆよわかけ")
_KANJI = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")
_KANA = re.compile(r"[ぁ-ゖ]+")
_KATAKANA = re.compile(r"[ァ-ヺー]")
#: Addresses and telephone numbers tell of themselves, whoever's they are.
_ADDRESSES = re.compile(
    r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+[@\uff20][A-Za-z0-9\uff0e.-]+|(?:https?://|www\.)[!-'*-;=?-~]+"
    r"|(?<![0-9])0[0-9]{1,4}[-( ][0-9]{1,4}[-) ][0-9]{3,4}(?![0-9])"
)
#: A family name of one kanji, or one that cannot be told from the given name, counts before these only.
_TITLES = "氏|さん|様|教授|准教授|助教|博士|先生|社長|会長|代表|所長|部長|課長|室長|研究員|研究室|らの|等の|たちの"
_NOBODYS = frozenset(
    "info contact office admin sales support research general mail post kenkyu lab labo jimu soumu keiri person".split()
)
#: The spellings of a sound of coarse Hepburn (core.names.romaji), the longest first.
_SOUNDS = (
    ("shi", "(?:shi|si)"), ("chi", "(?:chi|ti)"), ("tsu", "(?:tsu|tu)"), ("cch", "(?:cch|tch|tty)"),
    ("sh", "(?:sh|sy)"), ("ch", "(?:ch|ty|cy)"), ("ji", "(?:d?[jz]i|di)"), ("j", "(?:j|[zd]y|jy)"), ("fu", "[fh]uu?"),
    ("zu", "(?:d?zu|du)u?"), ("n", "[nm]"), ("r", "[rl]"), ("o", "w?o(?:h(?![aiueo])|[ou])*"), ("a", "a+"),
    ("i", "i+"), ("u", "u+"), ("e", "e+"),
)  # fmt: skip


@dataclass(frozen=True)
class Known:
    """Everything that would tell who applies."""

    organisations: frozenset[str] = frozenset()
    people: frozenset[str] = frozenset()  # as written, kana readings and romanised forms alike
    numbers: frozenset[str] = frozenset()  # corporate numbers, researchers' numbers
    emails: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()  # blotted out as they are, named by an officer


@lru_cache(maxsize=8_192)
def _piece(cluster: str) -> str:
    """One letter, with the marks that belong to it, as it is compared; empty for spaces and marks."""
    if cluster in ("&", "\uff06"):
        return "and"
    text = unicodedata.normalize(
        "NFC", re.sub(r"[\u0300-\u036f]", "", unicodedata.normalize("NFD", names.fold(cluster)))
    )
    return "".join(c for c in text if c.isalnum() and c != "ー").translate(_SMALL)


def folded(text: str) -> tuple[str, list[int], list[int]]:
    """(the folded text, where each of its letters begins in the text, where it ends)."""
    letters: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    at = 0
    while at < len(text):
        end = at + 1
        while end < len(text) and (unicodedata.combining(text[end]) or text[end] in "\uff9e\uff9f"):
            end += 1
        piece = letters[-1] if text[at] == "々" and letters else _piece(text[at:end])
        for letter in piece:
            letters.append(letter)
            starts.append(at)
            ends.append(end)
        at = end
    return "".join(letters), starts, ends


def _letters(text: str) -> str:
    return folded(text)[0]


# --- what is looked for -----------------------------------------------------------------------------------------------

Around = Callable[[str, str, str], bool]  # (letter before, what was found, letter after) -> does it count


def _wide(c: str) -> str:
    return unicodedata.normalize("NFKC", c)[-1:]


def _is_word_letter(c: str) -> bool:
    plain = unicodedata.normalize("NFD", _wide(c))[:1]
    return plain.isascii() and plain.isalnum()


def _anywhere(before: str, found: str, after: str) -> bool:
    return True


def _as_word(before: str, found: str, after: str) -> bool:
    return not _is_word_letter(before) and not _is_word_letter(after)


def _as_name(before: str, found: str, after: str) -> bool:
    """A word that begins with a capital letter."""
    return _as_word(before, found, after) and _wide(found[0]).isupper()


def _as_initials(before: str, found: str, after: str) -> bool:
    return _as_word(before, found, after) and unicodedata.normalize("NFKC", found).isupper()


def _as_kana(before: str, found: str, after: str) -> bool:
    """Short katakana are a name only where no katakana go on before or after; hiragana run into their particles."""
    katakana = [bool(_KATAKANA.fullmatch(_wide(c))) for c in (before, found[0], after)]
    return not katakana[1] or not (katakana[0] or katakana[2])


def _as_number(before: str, found: str, after: str) -> bool:
    return not _wide(before).isdigit() and not _wide(after).isdigit()


def _as_short_form(before: str, found: str, after: str) -> bool:
    return not _KANJI.match(before) and (not after or after not in "阪学陸会型小")


def _spelled(sound: str) -> str:
    """A pattern for every usual romanisation of a word."""
    pattern, at = "", 0
    while at < len(sound):
        for heard, written in _SOUNDS:
            if sound.startswith(heard, at):
                pattern, at = pattern + written, at + len(heard)
                break
        else:
            pattern, at = pattern + re.escape(sound[at]), at + 1
    return pattern


def _of_organisation(name: str) -> Iterable[tuple[str, Around]]:
    forms = names.organisation_name(name)
    for form in {_letters(name), *map(_letters, forms.exact)}:
        if len(form) < 2:
            continue
        if form.isascii():
            yield re.escape(form), (_as_word if len(form) > 4 else _as_name)
        elif _KANA.fullmatch(form) and len(form) <= 4:
            yield re.escape(form), _as_kana
        else:
            yield re.escape(form), _anywhere
            if form.endswith("大学") and len(form) > 3:
                yield re.escape(form[:-1]), _anywhere
                yield re.escape(form[0] + "大"), _as_short_form
    yield from ((_spelled(sound), _as_word) for sound in forms.sound if len(sound) > 4)
    capitals = [word[0] for word in re.findall(r"[A-Za-z]+", name) if word[0].isupper()]
    if len(capitals) > 2:
        yield "".join(capitals).casefold(), _as_initials


def _of_person(name: str) -> Iterable[tuple[str, Around]]:
    parts = [part for part in re.split(r"[\s,.・･/]+", unicodedata.normalize("NFKC", name)) if part]
    whole = _letters(name)
    if len(whole) < 2 or not parts:
        return
    if not whole.isascii():
        yield re.escape(whole), _anywhere
        yield re.escape(_letters("".join(reversed(parts)))), _anywhere
        yield from _of_family(parts, whole)
    sounds = [names.romaji(names.fold(part)) for part in parts if not _KANJI.search(part)]
    if len(sounds) == len(parts):
        for order in (sounds, sounds[::-1]):
            yield "".join(map(_spelled, order)), _as_word
        yield from ((_spelled(sound), _as_name) for sound in sounds if len(sound) > 2 and sound.isalpha())


def _of_family(parts: list[str], whole: str) -> Iterable[tuple[str, Around]]:
    family = _letters(parts[0]) if len(parts) > 1 else whole[:2]
    if _KANA.fullmatch(family):
        if len(family) > 2:
            yield re.escape(family), _as_kana
    elif len(parts) > 1 and len(family) > 1:
        yield re.escape(family), _anywhere
    yield f"{re.escape(family)}(?={_TITLES})", _anywhere


def _of_address(email: str) -> Iterable[tuple[str, Around]]:
    local, _at, host = unicodedata.normalize("NFKC", email).casefold().rpartition("@")
    if host and host not in names.PUBLIC_PROVIDERS:
        yield re.escape(_letters(host)), _as_word
    domain = names.employer_domain(email)
    if len(label := domain.split(".")[0]) > 4:
        yield re.escape(_letters(label)), _as_word
    for part in re.split(r"[^a-z]+", local):
        if len(part) > 3 and part not in _NOBODYS:
            yield _spelled(names.romaji(part)), _as_name


class Redactor:
    """Blots out of a text whatever would tell who applies; applied twice it does nothing more."""

    def __init__(self, known: Known) -> None:
        groups: dict[Around, set[str]] = {}

        def look_for(found: Iterable[tuple[str, Around]]) -> None:
            for pattern, around in found:
                if pattern:
                    groups.setdefault(around, set()).add(pattern)

        for name in known.organisations:
            look_for(_of_organisation(name))
        for name in known.people:
            look_for(_of_person(name))
        for email in known.emails:
            look_for(_of_address(email))
        look_for((re.escape(_letters(number)), _as_number) for number in known.numbers if len(number) > 5)
        look_for((re.escape(_letters(word)), _anywhere) for word in known.words)
        self._groups = [
            (re.compile("|".join(sorted(patterns, key=lambda p: (-len(p), p)))), around)
            for around, patterns in groups.items()
        ]

    def __call__(self, text: str) -> str:
        if not text:
            return text
        spans = [match.span() for match in _ADDRESSES.finditer(text)]
        letters, starts, ends = folded(text)
        for pattern, around in self._groups:
            at = 0
            while match := pattern.search(letters, at):
                at = match.start() + 1
                if match.end() == match.start():
                    continue
                start, end = starts[match.start()], ends[match.end() - 1]
                if around(text[start - 1 : start], text[start:end], text[end : end + 1]):
                    spans.append((start, end))
                    at = match.end()
        return _blotted(text, spans)


def _blotted(text: str, spans: list[tuple[int, int]]) -> str:
    pieces, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            pieces += [text[at:start], BLOT]
        at = max(at, end)
    return "".join(pieces) + text[at:] if spans else text


@lru_cache(maxsize=256)
def redactor(known: Known) -> Redactor:
    return Redactor(known)
