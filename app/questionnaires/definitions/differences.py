"""What changed between two versions of a questionnaire, in words, and what becomes of the answers."""

from app.core.i18n import Bilingual
from app.questionnaires.choices import QuestionType
from app.questionnaires.definitions.content import NOTHING, SETTINGS, Content, Question

_FITS = {
    ("short_text", "long_text"), ("long_text", "short_text"), ("yen", "number"), ("number", "yen"),
    ("single_choice", "multiple_choice"),
}  # fmt: skip
_NAMES = {
    "label": Bilingual("the wording", "設問文"),
    "help": Bilingual("the help text", "説明"),
    "show_when": Bilingual("the condition", "表示条件"),
    "checks": Bilingual("the checks", "点検条件"),
}


def differences(old: Content, new: Content) -> list[Bilingual]:
    """Every change, sections first; empty where nothing changed."""
    found = []
    olds, news = {s.key: s for s in old.sections}, {s.key: s for s in new.sections}
    found += [
        Bilingual(f"Section removed: {s.title.en}", f"削除された節: {s.title.ja}")
        for k, s in olds.items()
        if k not in news
    ]
    for key, section in news.items():
        if key not in olds:
            found.append(Bilingual(f"New section: {section.title.en}", f"追加された節: {section.title.ja}"))
        elif (section.title, section.help, section.show_when) != (olds[key].title, olds[key].help, olds[key].show_when):
            found.append(Bilingual(f"Section changed: {section.title.en}", f"変更された節: {section.title.ja}"))
    found += _questions(old, new)
    if not found and old != new:
        found.append(Bilingual("Only the order changed.", "順序のみの変更です。"))
    return found


def _questions(old: Content, new: Content) -> list[Bilingual]:
    olds, found = {q.key: q for q in old.questions()}, []
    taken = {q.was or q.key for q in new.questions()}
    for question in olds.values():
        if question.key not in taken:
            found.append(
                Bilingual(
                    f"Question removed: {question.label.en} (answers stay stored, unseen)",
                    f"削除された設問: {question.label.ja}(回答は保存されたまま非表示)",
                )
            )
    for question in new.questions():
        before = olds.get(question.was or question.key) or olds.get(question.key)
        if before is None:
            must = Bilingual("required", "必須") if question.required else Bilingual("optional", "任意")
            found.append(
                Bilingual(
                    f"New question: {question.label.en} ({must.en})", f"追加された設問: {question.label.ja}({must.ja})"
                )
            )
        elif before != question:
            found += _changes(before, question)
    return found


def _changes(before: Question, after: Question) -> list[Bilingual]:
    en, ja, found = after.label.en, after.label.ja, []
    if before.key != after.key:
        found.append(
            Bilingual(f"{en}: takes over the answers of “{before.key}”", f"{ja}: 「{before.key}」の回答を引き継ぎます")
        )
    if before.type is not after.type:
        fate = (
            Bilingual("answers carry over", "回答を引き継ぎます")
            if (before.type.value, after.type.value) in _FITS
            else Bilingual(
                "old answers are set aside and shown beside the question", "従来の回答は設問の横に参考表示します"
            )
        )
        found.append(
            Bilingual(
                f"{en}: type {before.type.label.en} → {after.type.label.en}; {fate.en}",
                f"{ja}: 種類 {before.type.label.ja} → {after.type.label.ja}。{fate.ja}",
            )
        )
    if before.required != after.required:
        words = Bilingual("now required", "必須に変更") if after.required else Bilingual("now optional", "任意に変更")
        found.append(Bilingual(f"{en}: {words.en}", f"{ja}: {words.ja}"))
    for name, what in _NAMES.items():
        if getattr(before, name) != getattr(after, name):
            found.append(Bilingual(f"{en}: {what.en} changed", f"{ja}: {what.ja}の変更"))
    if before.type is after.type and any(getattr(before, s) != getattr(after, s) for s in SETTINGS[after.type]):
        found.append(_setting_change(before, after))
    return found


def _setting_change(before: Question, after: Question) -> Bilingual:
    en, ja = after.label.en, after.label.ja
    if after.options != before.options:
        gone = [o for o in before.options if after.option(o.code) is None]
        new = [o for o in after.options if before.option(o.code) is None]
        said_en = [*(f"−{o.label.en}" for o in gone), *(f"+{o.label.en}" for o in new)]
        said_ja = [*(f"−{o.label.ja}" for o in gone), *(f"+{o.label.ja}" for o in new)]
        return Bilingual(
            f"{en}: choices changed ({', '.join(said_en) or 'wording'})",
            f"{ja}: 選択肢の変更({'、'.join(said_ja) or '表現'})",
        )
    if after.type in (QuestionType.short_text, QuestionType.long_text) and after.limit != before.limit:
        return Bilingual(
            f"{en}: limit {before.limit:,} → {after.limit:,} characters",
            f"{ja}: 文字数上限 {before.limit:,} → {after.limit:,}",
        )
    if after.text != before.text and after.text != NOTHING:
        return Bilingual(f"{en}: the statement's text changed", f"{ja}: 同意事項の文の変更")
    return Bilingual(f"{en}: settings changed", f"{ja}: 設定の変更")
