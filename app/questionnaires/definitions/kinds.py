"""What an expression's value will be, found out before anybody answers: an expression that cannot mean anything is
refused when it is written, not when an applicant meets it."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from app.core.i18n import Bilingual
from app.questionnaires.choices import Kind
from app.questionnaires.definitions.expressions import CONSTANTS, FACTS, Unreadable, parse


@dataclass(frozen=True)
class Symbol:
    """What a question is to an expression: its kind, the columns of a table, the codes of a choice."""

    kind: Kind
    columns: Mapping[str, Kind] = field(default_factory=dict)
    codes: frozenset[str] | None = None


def problems(text: str, symbols: Mapping[str, Symbol], wanted: Kind | None = None) -> list[Bilingual]:
    """Everything that is wrong with an expression, in words; empty for a good one."""
    try:
        found = kind_of(text, symbols)
    except Unreadable as error:
        return [error.message]
    if wanted is not None and found is not wanted:
        return [
            Bilingual(
                f"“{text}” gives {found.label.en}; {wanted.label.en} is needed here.",
                f"「{text}」の結果は{found.label.ja}です。ここでは{wanted.label.ja}が必要です。",
            )
        ]
    return []


def kind_of(text: str, symbols: Mapping[str, Symbol]) -> Kind:
    """The kind of an expression's value. Raises Unreadable for unknown names and for kinds that do not go together."""
    return _Kinds(symbols).of(parse(text).tree)


def _mix(what: str, en: str, ja: str) -> Unreadable:
    return Unreadable(f"{what}: {en}", f"{what}: {ja}")


class _Kinds:
    def __init__(self, symbols: Mapping[str, Symbol]) -> None:
        self.symbols = symbols

    def of(self, node: ast.expr) -> Kind:
        method = getattr(self, f"_{type(node).__name__.lower()}", None)
        if method is None:  # a tuple outside of “in”
            raise Unreadable("A list of values stands only after “in”.", "値の並びは in の後にのみ使用できます。")
        kind: Kind = method(node)
        return kind

    def want(self, node: ast.expr, *wanted: Kind) -> Kind:
        found = self.of(node)
        if found not in wanted:
            names_en, names_ja = " / ".join(w.label.en for w in wanted), "・".join(w.label.ja for w in wanted)
            raise _mix(
                f"“{ast.unparse(node)}”",
                f"this is {found.label.en}; {names_en} is needed.",
                f"{found.label.ja}です。{names_ja}が必要です。",
            )
        return found

    def symbol(self, name: str) -> Symbol:
        if name not in self.symbols:
            raise Unreadable(f"There is no question with the key “{name}”.", f"キー「{name}」の設問はありません。")
        return self.symbols[name]

    def _constant(self, node: ast.Constant) -> Kind:
        return Kind.text if isinstance(node.value, str) else Kind.number

    def _name(self, node: ast.Name) -> Kind:
        return Kind.yes_no if node.id in CONSTANTS else self.symbol(node.id).kind

    def _attribute(self, node: ast.Attribute) -> Kind:
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        if owner == "facts":
            if node.attr not in FACTS:
                known = ", ".join(FACTS)
                raise Unreadable(
                    f"There is no fact “{node.attr}”; there are {known}.",
                    f"facts.{node.attr} はありません。使用できるのは {known} です。",
                )
            return FACTS[node.attr][0]
        if self.symbol(owner).kind is not Kind.table:
            raise Unreadable(f"“{owner}” is no table.", f"「{owner}」は表ではありません。")
        if node.attr not in self.symbol(owner).columns:
            raise Unreadable(
                f"The table “{owner}” has no column “{node.attr}”.", f"表「{owner}」に列「{node.attr}」はありません。"
            )
        return Kind.column

    def _number_column(self, node: ast.expr) -> None:
        self.want(node, Kind.column)
        assert isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if self.symbols[node.value.id].columns[node.attr] is not Kind.number:
            raise Unreadable(
                f"The column “{ast.unparse(node)}” holds no numbers.",
                f"列「{ast.unparse(node)}」は数値ではありません。",
            )

    def _binop(self, node: ast.BinOp) -> Kind:
        self.want(node.left, Kind.number)
        return self.want(node.right, Kind.number)

    def _unaryop(self, node: ast.UnaryOp) -> Kind:
        return self.want(node.operand, Kind.yes_no if isinstance(node.op, ast.Not) else Kind.number)

    def _boolop(self, node: ast.BoolOp) -> Kind:
        for value in node.values:
            self.want(value, Kind.yes_no)
        return Kind.yes_no

    def _compare(self, node: ast.Compare) -> Kind:
        left = node.left
        for op, right in zip(node.ops, node.comparators, strict=True):
            if isinstance(op, (ast.In, ast.NotIn)):
                self._in(left, right)
            else:
                self._pair(op, left, right)
            left = right
        return Kind.yes_no

    def _in(self, left: ast.expr, right: ast.expr) -> None:
        kind = self.want(left, Kind.text, Kind.number)
        if isinstance(right, ast.Tuple):
            for element in right.elts:
                self.want(element, kind)
                self._codes(left, element)
            return
        self.want(right, Kind.codes)
        self._codes(right, left)

    def _pair(self, op: ast.cmpop, left: ast.expr, right: ast.expr) -> None:
        kinds = (Kind.number, Kind.text, Kind.yes_no, Kind.date)
        one, other = self.want(left, *kinds), self.want(right, *kinds)
        if one is not other:
            raise _mix(
                f"“{ast.unparse(left)}” – “{ast.unparse(right)}”",
                f"{one.label.en} is not compared with {other.label.en}.",
                f"{one.label.ja}と{other.label.ja}は比較できません。",
            )
        if one in (Kind.text, Kind.yes_no) and not isinstance(op, (ast.Eq, ast.NotEq)):
            raise _mix(
                f"“{ast.unparse(left)}”", "texts and yes/no are compared with == or != only.",
                "文字及び「はい・いいえ」の比較は == 又は != のみです。",
            )  # fmt: skip
        self._codes(left, right)
        self._codes(right, left)

    def _codes(self, choice: ast.expr, literal: ast.expr) -> None:
        """A code that the choice does not offer can never be chosen: the condition would be dead."""
        if not (isinstance(choice, ast.Name) and isinstance(literal, ast.Constant)):
            return
        codes = self.symbols[choice.id].codes if choice.id in self.symbols else None
        if codes is not None and str(literal.value) not in codes:
            raise Unreadable(
                f"The question “{choice.id}” has no choice “{literal.value!s}”.",
                f"設問「{choice.id}」に選択肢「{literal.value!s}」はありません。",
            )

    def _call(self, node: ast.Call) -> Kind:
        assert isinstance(node.func, ast.Name)
        kind: Kind = getattr(self, f"_call_{node.func.id.rstrip('_')}")(node.args)
        return kind

    def _call_sum(self, args: list[ast.expr]) -> Kind:
        self._number_column(args[0])
        return Kind.number

    def _call_count(self, args: list[ast.expr]) -> Kind:
        self.want(args[0], Kind.table, Kind.codes)
        return Kind.number

    def _call_min(self, args: list[ast.expr]) -> Kind:
        if len(args) == 1:
            self._number_column(args[0])
            return Kind.number
        kind = self.want(args[0], Kind.number, Kind.date)
        for arg in args[1:]:
            self.want(arg, kind)
        return kind

    _call_max = _call_min

    def _call_round_down(self, args: list[ast.expr]) -> Kind:
        return self.want(args[0], Kind.number)

    def _call_if(self, args: list[ast.expr]) -> Kind:
        self.want(args[0], Kind.yes_no)
        kind = self.want(args[1], Kind.number, Kind.text, Kind.yes_no, Kind.date)
        return self.want(args[2], kind)

    def _call_years_between(self, args: list[ast.expr]) -> Kind:
        self.want(args[0], Kind.date)
        self.want(args[1], Kind.date)
        return Kind.number

    def _call_answered(self, args: list[ast.expr]) -> Kind:
        self.of(args[0])
        return Kind.yes_no

    def _call_length(self, args: list[ast.expr]) -> Kind:
        self.want(args[0], Kind.text)
        return Kind.number

    def _call_date(self, args: list[ast.expr]) -> Kind:
        value = str(args[0].value) if isinstance(args[0], ast.Constant) else ""
        try:
            date.fromisoformat(value)
        except ValueError:
            raise Unreadable(f"“{value}” is no date.", f"「{value}」は日付ではありません。") from None
        return Kind.date


def cycle(references: Mapping[str, frozenset[str]]) -> list[str]:
    """The keys of one circle of references in its order, or an empty list."""
    done: set[str] = set()

    def search(key: str, path: list[str]) -> Iterator[list[str]]:
        if key in path:
            yield [*path[path.index(key) :], key]
            return
        if key in done:
            return
        for other in sorted(references.get(key, frozenset())):
            yield from search(other, [*path, key])
        done.add(key)

    for key in references:
        for found in search(key, []):
            return found
    return []
