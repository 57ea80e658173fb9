"""What an expression is worth for given answers. What is not answered yet is unknown, and unknown stays unknown:
a condition on it does not hold, a check on it does not fail, a sum with it is not shown."""

import ast
import operator
from collections.abc import Callable, Mapping
from datetime import date
from decimal import ROUND_FLOOR, Context, Decimal
from typing import Any

from app.questionnaires.definitions.counting import count_characters
from app.questionnaires.definitions.expressions import CONSTANTS, Unreadable, parse

#: A number, text, yes/no, day, the codes of a multiple choice, or the rows of a table; None is unknown.
Value = Any
_EXACT = Context(prec=28, Emax=999, Emin=-999, traps=[])
_LIMIT = Decimal(10) ** 18
_COMPARE: dict[type[ast.cmpop], Callable[[Any, Any], Any]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def evaluate(text: str, values: Mapping[str, Value], facts: Mapping[str, Value]) -> Value:
    """The value of an expression, None where it is unknown or the text is no expression. Never raises."""
    try:
        return _Evaluation(values, facts).of(parse(text).tree)
    except Unreadable:
        return None


def holds(text: str, values: Mapping[str, Value], facts: Mapping[str, Value]) -> bool:
    """Is the condition known to hold? An empty condition always does."""
    return not text or evaluate(text, values, facts) is True


class _Evaluation:
    def __init__(self, values: Mapping[str, Value], facts: Mapping[str, Value]) -> None:
        self.values, self.facts = values, facts

    def of(self, node: ast.expr) -> Value:
        value = getattr(self, f"_{type(node).__name__.lower()}", lambda node: None)(node)
        return number(value) if isinstance(value, (int, float, Decimal)) and not isinstance(value, bool) else value

    def _number(self, node: ast.expr) -> Decimal | None:
        value = self.of(node)
        return value if isinstance(value, Decimal) else None

    def _constant(self, node: ast.Constant) -> Value:
        return node.value if isinstance(node.value, str) else Decimal(repr(node.value))

    def _name(self, node: ast.Name) -> Value:
        return CONSTANTS[node.id] if node.id in CONSTANTS else self.values.get(node.id)

    def _attribute(self, node: ast.Attribute) -> Value:
        owner = node.value.id if isinstance(node.value, ast.Name) else ""
        if owner == "facts":
            return self.facts.get(node.attr)
        rows = self.values.get(owner)
        if not isinstance(rows, list):
            return None
        # an answer given before its question became a table holds no rows
        return [row.get(node.attr) for row in rows if isinstance(row, dict)]

    def _tuple(self, node: ast.Tuple) -> Value:
        return [self.of(element) for element in node.elts]

    def _unaryop(self, node: ast.UnaryOp) -> Value:
        value = self.of(node.operand)
        if isinstance(node.op, ast.Not):
            return None if not isinstance(value, bool) else not value
        if not isinstance(value, Decimal):
            return None
        return -value if isinstance(node.op, ast.USub) else value

    def _binop(self, node: ast.BinOp) -> Value:
        left, right = self._number(node.left), self._number(node.right)
        if left is None or right is None:
            return None
        if isinstance(node.op, ast.Add):
            return _EXACT.add(left, right)
        if isinstance(node.op, ast.Sub):
            return _EXACT.subtract(left, right)
        if isinstance(node.op, ast.Mult):
            return _EXACT.multiply(left, right)
        return _EXACT.divide(left, right) if right else None

    def _boolop(self, node: ast.BoolOp) -> Value:
        decisive = isinstance(node.op, ast.Or)  # one yes decides an “or”, one no decides an “and”
        found = [self.of(value) for value in node.values]
        if any(value is decisive for value in found):
            return decisive
        return not decisive if all(isinstance(value, bool) for value in found) else None

    def _compare(self, node: ast.Compare) -> Value:
        left, answers = self.of(node.left), []
        for op, comparator in zip(node.ops, node.comparators, strict=True):
            right = self.of(comparator)
            answers.append(self._pair(op, left, right))
            left = right
        if any(answer is False for answer in answers):
            return False
        return None if any(answer is None for answer in answers) else True

    @staticmethod
    def _pair(op: ast.cmpop, left: Value, right: Value) -> bool | None:
        if left is None or right is None:
            return None
        if isinstance(op, (ast.In, ast.NotIn)):
            if not isinstance(right, (list, tuple, frozenset)) or isinstance(left, (list, tuple, frozenset)):
                return None
            return (left in right) is isinstance(op, ast.In)
        if type(left) is not type(right) or not isinstance(left, (Decimal, str, bool, date)):
            return None
        return bool(_COMPARE[type(op)](left, right))

    def _call(self, node: ast.Call) -> Value:
        assert isinstance(node.func, ast.Name)
        return getattr(self, f"_call_{node.func.id.rstrip('_')}")(node.args)

    def _call_sum(self, args: list[ast.expr]) -> Value:
        column = self.of(args[0])
        if not isinstance(column, list):
            return None
        total = Decimal(0)
        for cell in column:
            if isinstance(cell, Decimal):
                total = _EXACT.add(total, cell)
        return total

    def _call_count(self, args: list[ast.expr]) -> Value:
        value = self.of(args[0])
        return Decimal(len(value)) if isinstance(value, (list, tuple, frozenset)) else Decimal(0)

    def _least(self, args: list[ast.expr], pick: Callable[[Any], Any]) -> Value:
        if len(args) == 1:
            column = self.of(args[0])
            cells = [cell for cell in column if isinstance(cell, Decimal)] if isinstance(column, list) else []
            return pick(cells) if cells else None
        found = [self.of(arg) for arg in args]
        if len({type(value) for value in found}) != 1 or not isinstance(found[0], (Decimal, date)):
            return None
        return pick(found)

    def _call_min(self, args: list[ast.expr]) -> Value:
        return self._least(args, min)

    def _call_max(self, args: list[ast.expr]) -> Value:
        return self._least(args, max)

    def _call_round_down(self, args: list[ast.expr]) -> Value:
        value = self._number(args[0])
        return None if value is None else value.to_integral_value(rounding=ROUND_FLOOR, context=_EXACT)

    def _call_if(self, args: list[ast.expr]) -> Value:
        condition = self.of(args[0])
        return self.of(args[1] if condition else args[2]) if isinstance(condition, bool) else None

    def _call_years_between(self, args: list[ast.expr]) -> Value:
        start, end = self.of(args[0]), self.of(args[1])
        if not isinstance(start, date) or not isinstance(end, date):
            return None
        return Decimal(end.year - start.year - ((end.month, end.day) < (start.month, start.day)))

    def _call_answered(self, args: list[ast.expr]) -> Value:
        name = args[0].id if isinstance(args[0], ast.Name) else ""
        value = self.values.get(name)
        return value is not None and value != "" and value != []

    def _call_length(self, args: list[ast.expr]) -> Value:
        value = self.of(args[0])
        return Decimal(count_characters(value)) if isinstance(value, str) else Decimal(0)

    def _call_date(self, args: list[ast.expr]) -> Value:
        value = args[0].value if isinstance(args[0], ast.Constant) else None
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            return None


def number(value: int | float | Decimal) -> Decimal | None:
    """The number as this language holds it; what is not finite or beyond every real amount is unknown."""
    exact = value if isinstance(value, Decimal) else Decimal(repr(value))
    return exact if exact.is_finite() and abs(exact) <= _LIMIT else None
