"""What a questionnaire means: keys are one of a kind, every expression refers to something that is there, nothing goes
in circles. A draft that breaks one of these is not saved, so nothing that is published can dangle."""

from collections import Counter
from collections.abc import Iterator, Mapping
from decimal import Decimal

from app.core.i18n import Bilingual
from app.questionnaires.choices import Kind, QuestionType
from app.questionnaires.definitions.content import Content, Question
from app.questionnaires.definitions.expressions import Unreadable, parse
from app.questionnaires.definitions.kinds import Symbol, cycle, kind_of, problems
from app.questionnaires.definitions.reading import Fault

MAX_STEPS = 25  # a longer chain, asked from its far end, would exhaust the interpreter's stack on every page
_KINDS = {
    QuestionType.short_text: Kind.text,
    QuestionType.long_text: Kind.text,
    QuestionType.number: Kind.number,
    QuestionType.yen: Kind.number,
    QuestionType.date: Kind.date,
    QuestionType.yes_no: Kind.yes_no,
    QuestionType.single_choice: Kind.text,
    QuestionType.multiple_choice: Kind.codes,
    QuestionType.organisation: Kind.text,
    QuestionType.table: Kind.table,
    QuestionType.file: Kind.yes_no,
    QuestionType.statement: Kind.yes_no,
}
_COLUMNS = {"text": Kind.text, "number": Kind.number, "yen": Kind.number, "date": Kind.date}


def faults(content: Content) -> list[Fault]:
    """Everything that keeps this content from being used, each with its place and both names involved."""
    found = [*_doubles(content), *_settings(content)]
    if found:
        return found
    references = _references(content)
    circle = cycle(references)
    if circle:
        way = " → ".join(circle)
        return [
            Fault(
                "",
                Bilingual(
                    f"These questions refer to each other in a circle: {way}", f"設問の参照が循環しています: {way}"
                ),
            )
        ]
    if _steps(references) > MAX_STEPS:
        return [
            Fault(
                "",
                Bilingual(
                    f"Questions refer to each other over more than {MAX_STEPS} steps.",
                    f"設問の参照が{MAX_STEPS}段を超えて連なっています。",
                ),
            )
        ]
    return list(_expressions(content))


def _steps(references: Mapping[str, frozenset[str]]) -> int:
    """How long the longest chain of references is; there are no circles any more."""
    known: dict[str, int] = {}

    def steps(key: str) -> int:
        if key not in known:
            known[key] = 1 + max((steps(other) for other in references.get(key, ()) if other in references), default=0)
        return known[key]

    return max((steps(key) for key in references), default=0)


def place(content: Content, key: str) -> str:
    """The path to a question, as in a file."""
    for i, section in enumerate(content.sections):
        for j, question in enumerate(section.questions):
            if question.key == key:
                return f"sections[{i}].questions[{j}]"
    return ""


def _doubles(content: Content) -> Iterator[Fault]:
    for what, keys in (
        ("sections", [s.key for s in content.sections]),
        ("questions", [q.key for q in content.questions()]),
    ):
        for key, n in Counter(keys).items():
            if n > 1:
                yield Fault(
                    what, Bilingual(f"The key “{key}” stands {n} times.", f"キー「{key}」が{n}回使われています。")
                )
    taken = {q.key for q in content.questions()}
    olds = Counter(q.was for q in content.questions() if q.was)
    for question in content.questions():
        if question.was and (question.was in taken or olds[question.was] > 1):
            yield Fault(
                f"{place(content, question.key)}.was",
                Bilingual(
                    f"“{question.key}” takes over the answers of “{question.was}”, but another question does so too.",
                    f"「{question.key}」は「{question.was}」の回答を引き継ぎますが、他の設問も同じキーを使っています。",
                ),
            )


def _settings(content: Content) -> Iterator[Fault]:
    for question in content.questions():
        path = f"{place(content, question.key)}.settings"
        for name, en, ja in _wrong_settings(question):
            yield Fault(f"{path}.{name}", Bilingual(f"“{question.key}”: {en}", f"「{question.key}」: {ja}"))


def _wrong_settings(question: Question) -> Iterator[tuple[str, str, str]]:
    t = question.type
    if t in (QuestionType.single_choice, QuestionType.multiple_choice):
        if len(question.options) < 2:
            yield "options", "a choice needs two options or more.", "選択肢は2つ以上必要です。"
        if len({o.code for o in question.options}) < len(question.options):
            yield "options", "each code may stand once only.", "選択肢のコードが重複しています。"
    if t is QuestionType.table:
        if not question.columns:
            yield "columns", "a table needs a column.", "表には列が必要です。"
        if len({c.key for c in question.columns}) < len(question.columns):
            yield "columns", "each column's key may stand once only.", "列のキーが重複しています。"
        if any(c.total and not c.is_number for c in question.columns):
            yield "columns", "only numbers and yen have totals.", "合計は数値又は円の列のみです。"
        if question.min_rows > question.max_rows:
            yield "min_rows", "more rows are needed than fit.", "最小行数が最大行数を超えています。"
    if t is QuestionType.calculated and not question.expression:
        yield "expression", "the expression is missing.", "式が未記入です。"
    if t is QuestionType.calculated and question.required:
        yield "expression", "what is calculated cannot be required.", "自動計算の項目は必須にできません。"
    if question.limit and question.min_characters > question.limit:
        yield "min_characters", "more characters are needed than fit.", "最小文字数が最大文字数を超えています。"
    if question.minimum and question.maximum and Decimal(question.minimum) > Decimal(question.maximum):
        yield "minimum", "the minimum lies above the maximum.", "最小値が最大値を超えています。"
    if question.earliest and question.latest and question.earliest > question.latest:
        yield "earliest", "the earliest day lies after the latest.", "最も早い日が最も遅い日より後です。"


def _names(text: str) -> frozenset[str]:
    try:
        return parse(text).names if text else frozenset()
    except Unreadable:
        return frozenset()


def _references(content: Content) -> dict[str, frozenset[str]]:
    """What must be known before a question is known: its condition, its section's, its calculation."""
    return {
        q.key: _names(q.show_when) | _names(section.show_when) | _names(q.expression)
        for section in content.sections
        for q in section.questions
    }


def symbols(content: Content) -> dict[str, Symbol]:
    """What the questions are to expressions. Calculated ones have the kind of their expression; where that cannot be
    told they are left out, and whoever names them is told so."""
    found: dict[str, Symbol] = {}
    calculated = []
    for question in content.questions():
        if question.type is QuestionType.calculated:
            calculated.append(question)
            continue
        found[question.key] = Symbol(
            _KINDS[question.type],
            {column.key: _COLUMNS[column.type.value] for column in question.columns},
            frozenset(option.code for option in question.options) if question.options else None,
        )
    for _round in calculated:  # each round settles one at least; their order in the form does not matter
        for question in [q for q in calculated if q.key not in found]:
            try:
                found[question.key] = Symbol(kind_of(question.expression, found))
            except Unreadable:
                continue
    return found


def _expressions(content: Content) -> Iterator[Fault]:
    known: Mapping[str, Symbol] = symbols(content)
    for i, section in enumerate(content.sections):
        if section.show_when:
            yield from _one(f"sections[{i}].show_when", section.key, section.show_when, known, Kind.yes_no)
        for j, question in enumerate(section.questions):
            path = f"sections[{i}].questions[{j}]"
            if question.show_when:
                yield from _one(f"{path}.show_when", question.key, question.show_when, known, Kind.yes_no)
            if question.expression:
                yield from _one(f"{path}.settings.expression", question.key, question.expression, known, None)
                if question.key in known and known[question.key].kind in (Kind.table, Kind.column, Kind.codes):
                    yield Fault(
                        f"{path}.settings.expression",
                        Bilingual(
                            f"“{question.key}” calculates {known[question.key].kind.label.en}; one value is needed.",
                            f"「{question.key}」の計算結果が1つの値になりません。",
                        ),
                    )
            for n, check in enumerate(question.checks):
                yield from _one(f"{path}.checks[{n}].expression", question.key, check.expression, known, Kind.yes_no)


def _one(path: str, key: str, text: str, known: Mapping[str, Symbol], wanted: Kind | None) -> Iterator[Fault]:
    for problem in problems(text, known, wanted):
        yield Fault(path, Bilingual(f"The expression of “{key}”: {problem.en}", f"「{key}」の式: {problem.ja}"))


def referring(content: Content, key: str) -> list[str]:
    """The keys of the sections and questions whose expressions name this question."""
    found = []
    for section in content.sections:
        if key in _names(section.show_when):
            found.append(section.key)
        for question in section.questions:
            texts = (question.show_when, question.expression, *(check.expression for check in question.checks))
            if question.key != key and any(key in _names(text) for text in texts):
                found.append(question.key)
    return found
