"""A small, safe language for conditions, calculated fields and checks: what may be written, and what it refers to.

An expression is read with Python's own parser and then held against a short list of what is allowed; nothing of it is
ever handed to the interpreter. Length, depth and number of parts are limited, so that every evaluation is short.
"""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from app.core.i18n import Bilingual
from app.questionnaires.choices import Kind

MAX_LENGTH = 500
MAX_PARTS = 150
MAX_DEPTH = 16
MAX_NUMBER = 10**15
#: Read-only facts of the application: name → kind and meaning.
FACTS: dict[str, tuple[Kind, Bilingual]] = {
    "total_yen": (Kind.number, Bilingual("total of the budget in yen", "経費総額(円)")),
    "members": (Kind.number, Bilingual("number of organisations", "参加機関数")),
    "companies": (Kind.number, Bilingual("number of companies", "参加企業数")),
    "sme_count": (Kind.number, Bilingual("number of SMEs", "中小企業数")),
    "years": (Kind.number, Bilingual("fiscal years that the period touches", "期間にかかる年度数")),
    "outsourcing_pct": (
        Kind.number,
        Bilingual("share of outsourcing and re-commission in the total, in percent", "外注費・再委託費の割合(%)"),
    ),
    "frame": (Kind.text, Bilingual("code of the frame", "公募枠のコード")),
}
#: Function → how many arguments it takes, at least and at most.
FUNCTIONS = {
    "sum": (1, 1),
    "count": (1, 1),
    "min": (1, 10),
    "max": (1, 10),
    "round_down": (1, 1),
    "if_": (3, 3),
    "years_between": (2, 2),
    "answered": (1, 1),
    "length": (1, 1),
    "date": (1, 1),
}
CONSTANTS = {"yes": True, "no": False, "true": True, "false": False}
_OPERATORS = (ast.Add, ast.Sub, ast.Mult, ast.Div, ast.USub, ast.UAdd, ast.Not, ast.And, ast.Or)
_COMPARISONS = (ast.Eq, ast.NotEq, ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.In, ast.NotIn)
_NODES = (ast.BinOp, ast.UnaryOp, ast.BoolOp, ast.Compare, ast.Call, ast.Name, ast.Attribute, ast.Constant, ast.Tuple,
          ast.Load, *_OPERATORS, *_COMPARISONS)  # fmt: skip
#: A text in quotation marks, or the word ``if`` as a function: Python's parser keeps the bare word for itself.
_IF = re.compile(r"""("[^"\n]*"|'[^'\n]*')|\bif(?=\s*\()""")


class Unreadable(Exception):
    """The text is no expression of this language; ``message`` says why in both languages."""

    def __init__(self, en: str, ja: str) -> None:
        self.message = Bilingual(en, ja)
        super().__init__(en)


@dataclass(frozen=True)
class Expression:
    """An expression that has been read: its tree, the questions it names and, of tables, the columns it names."""

    text: str
    tree: ast.expr
    names: frozenset[str]
    columns: frozenset[tuple[str, str]]
    facts: frozenset[str]


@lru_cache(maxsize=2048)
def parse(text: str) -> Expression:
    """Read an expression. Raises Unreadable for anything outside the language."""
    if len(text) > MAX_LENGTH:
        raise Unreadable(
            f"An expression holds at most {MAX_LENGTH} characters.", f"式は{MAX_LENGTH}文字以内で記入してください。"
        )
    if "\\" in text or not text.isprintable():
        raise Unreadable(
            "An expression is one line without control characters and backslashes.",
            "式は1行で記入してください(制御文字・円記号は使用できません)。",
        )
    try:
        tree = ast.parse(_IF.sub(lambda found: found[1] or "if_", text.strip()), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError, OverflowError):
        raise Unreadable(
            f"“{text}” cannot be read as an expression. Compare with == and put texts in quotation marks.",
            f"「{text}」は式として解釈できません。比較は == を用い、文字は引用符で囲んでください。",
        ) from None
    parts = list(_walk(tree, 1))
    if len(parts) > MAX_PARTS:
        raise Unreadable("The expression has too many parts.", "式の要素が多すぎます。")
    for node in parts:
        _allow(node)
    return Expression(text, tree, *_references(tree))


def _walk(node: ast.AST, depth: int) -> Iterator[ast.AST]:
    if depth > MAX_DEPTH:
        raise Unreadable("The expression is nested too deeply.", "式の入れ子が深すぎます。")
    yield node
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, (ast.Load, ast.operator, ast.unaryop, ast.boolop, ast.cmpop)):
            yield from _walk(child, depth + 1)


def _allow(node: ast.AST) -> None:
    if isinstance(node, (ast.BinOp, ast.UnaryOp, ast.BoolOp)):
        if not isinstance(node.op, _OPERATORS):
            raise Unreadable(
                "Only + - * / and, or, not are operators here.", "使用できる演算子は + - * / と and, or, not です。"
            )
    elif isinstance(node, ast.Compare):
        if not all(isinstance(op, _COMPARISONS) for op in node.ops):
            raise Unreadable(
                "Compare with ==, !=, <, <=, >, >= or in.", "比較には ==、!=、<、<=、>、>=、in を用いてください。"
            )
    elif isinstance(node, ast.Call):
        _allow_call(node)
    elif isinstance(node, ast.Attribute):
        if not isinstance(node.value, ast.Name):
            raise Unreadable(
                "A dot stands only in facts.… and table.column.", "「.」は facts.… 及び 表.列 にのみ使用できます。"
            )
    elif isinstance(node, ast.Constant):
        _allow_constant(node.value)
    elif not isinstance(node, _NODES):
        raise Unreadable(
            "The expression holds something that this language does not have.",
            "式に使用できない要素が含まれています。",
        )


def _allow_call(node: ast.Call) -> None:
    name = node.func.id if isinstance(node.func, ast.Name) else ""
    if name not in FUNCTIONS:
        known = ", ".join(n.rstrip("_") for n in FUNCTIONS)
        raise Unreadable(f"There is no such function; there are {known}.", f"使用できる関数は {known} です。")
    low, high = FUNCTIONS[name]
    if node.keywords or not low <= len(node.args) <= high:
        n = f"{low}" if low == high else f"{low}–{high}"
        raise Unreadable(f"{name.rstrip('_')}(…) takes {n} argument(s).", f"{name.rstrip('_')}(…) の引数は{n}個です。")
    if name in ("answered", "count") and not isinstance(node.args[0], ast.Name):
        raise Unreadable(f"{name}(…) takes the key of a question.", f"{name}(…) には設問のキーを指定してください。")
    if name == "sum" and not isinstance(node.args[0], ast.Attribute):
        raise Unreadable("sum(…) takes table.column.", "sum(…) には 表.列 を指定してください。")
    if name == "date" and not (isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str)):
        raise Unreadable(
            'date(…) takes a day in quotation marks: date("2026-04-01").',
            'date(…) には date("2026-04-01") のように日付を引用符で囲んで指定してください。',
        )


def _allow_constant(value: object) -> None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        if not abs(value) <= MAX_NUMBER:
            raise Unreadable("A number in the expression is too large.", "式中の数値が大きすぎます。")
    elif not isinstance(value, str):
        raise Unreadable(
            "An expression holds numbers, texts, yes and no only.", "式には数値・文字・yes・no のみ使用できます。"
        )


def _references(tree: ast.expr) -> tuple[frozenset[str], frozenset[tuple[str, str]], frozenset[str]]:
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    owners = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    names, columns, facts = set(), set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            if node.value.id == "facts":
                facts.add(node.attr)
            else:
                columns.add((node.value.id, node.attr))
                names.add(node.value.id)
        elif isinstance(node, ast.Name) and id(node) not in functions | owners and node.id not in CONSTANTS:
            names.add(node.id)
    return frozenset(names), frozenset(columns), frozenset(facts)
