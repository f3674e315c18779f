# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Formulas of indicators: numbers, codes of indicators and little else.

What a person types is parsed, never executed: the tree of Python's own parser is walked by us,
and whatever is not listed here is refused. Size, depth and numbers are bounded. A value that
is not there (no data) makes the result one that is not there; so does a division by zero.
"""

import ast
from fractions import Fraction

from .arithmetic import LIMIT, half_up, to_number

MAX_LENGTH = 500
MAX_NODES = 150
MAX_DEPTH = 20
MAX_DIGITS = 6

_OPERATORS = {
    ast.Add: lambda one, other: one + other,
    ast.Sub: lambda one, other: one - other,
    ast.Mult: lambda one, other: one * other,
    ast.Div: lambda one, other: one / other if other else None,
}
_COMPARISONS = {
    ast.Lt: lambda one, other: one < other,
    ast.LtE: lambda one, other: one <= other,
    ast.Gt: lambda one, other: one > other,
    ast.GtE: lambda one, other: one >= other,
    ast.Eq: lambda one, other: one == other,
    ast.NotEq: lambda one, other: one != other,
}
_FUNCTIONS = ("min", "max", "round")


class FormulaError(ValueError):
    """The text is no formula of ours. ``reason`` is a key, ``what`` the part that offends."""

    def __init__(self, reason, what=""):
        self.reason, self.what = reason, str(what)[:60]
        super().__init__(f"{reason}: {self.what}")


class Formula:
    """A parsed formula. ``names`` are the codes of the indicators in it.

    >>> Formula("100 * a / b if b > 0 else 0").value({"a": 1, "b": 8})
    Fraction(25, 2)
    >>> Formula("round(a, 1)").value({"a": None}) is None
    True
    """

    def __init__(self, text):
        self.text = (text or "").strip()
        self.names = set()
        self._nodes = 0
        if not self.text:
            raise FormulaError("empty")
        if len(self.text) > MAX_LENGTH:
            raise FormulaError("long", len(self.text))
        if not self.text.isascii():
            raise FormulaError("letters", self.text)
        try:
            tree = ast.parse(self.text, mode="eval")
        except (SyntaxError, ValueError, MemoryError, RecursionError):
            raise FormulaError("syntax", self.text)
        self._root = tree.body
        self._check(self._root, 0)

    # -- what is allowed ------------------------------------------------------

    def _check(self, node, depth):
        self._nodes += 1
        if self._nodes > MAX_NODES or depth > MAX_DEPTH:
            raise FormulaError("large", self.text)
        for child in self._parts(node):
            self._check(child, depth + 1)

    def _parts(self, node):
        """The parts of a node that is allowed; raise for any other."""
        kind = type(node)
        if kind is ast.Constant:
            # An infinity is larger than the limit, "not a number" compares with nothing
            if type(node.value) not in (int, float) or not abs(node.value) <= LIMIT:
                raise FormulaError("number", node.value)
            return ()
        if kind is ast.Name:
            self.names.add(node.id)
            return ()
        if kind is ast.UnaryOp and type(node.op) in (ast.USub, ast.UAdd):
            return (node.operand,)
        if kind is ast.BinOp and type(node.op) in _OPERATORS:
            return node.left, node.right
        if kind is ast.Compare and all(type(op) in _COMPARISONS for op in node.ops):
            return node.left, *node.comparators
        if kind is ast.IfExp:
            return node.test, node.body, node.orelse
        if kind is ast.Call:
            return self._arguments(node)
        raise FormulaError("part", ast.unparse(node))

    def _arguments(self, node):
        if type(node.func) is not ast.Name or node.func.id not in _FUNCTIONS or node.keywords:
            raise FormulaError("function", ast.unparse(node.func))
        if node.func.id == "round":
            digits = node.args[1] if len(node.args) == 2 else None
            if len(node.args) not in (1, 2) or (
                digits is not None
                and (
                    type(digits) is not ast.Constant
                    or type(digits.value) is not int
                    or not 0 <= digits.value <= MAX_DIGITS
                )
            ):
                raise FormulaError("round", ast.unparse(node))
        elif len(node.args) < 2:
            raise FormulaError("arguments", ast.unparse(node))
        return node.args

    # -- what it comes to -----------------------------------------------------

    def value(self, values):
        """The result for ``{code: number, or None for no data}``; None if there is none."""
        return self._value(self._root, values)

    def _value(self, node, values):
        result = self._compute(node, values)
        if result is not None and abs(result) > LIMIT:
            return None
        return result

    def _compute(self, node, values):
        kind = type(node)
        if kind is ast.Constant:
            return to_number(node.value)
        if kind is ast.Name:
            return to_number(values.get(node.id))
        if kind is ast.IfExp:
            test = self._value(node.test, values)
            if test is None:
                return None
            return self._value(node.body if test else node.orelse, values)
        parts = [self._value(part, values) for part in self._operands(node)]
        if any(part is None for part in parts):
            return None
        if kind is ast.UnaryOp:
            return -parts[0] if type(node.op) is ast.USub else parts[0]
        if kind is ast.BinOp:
            return _OPERATORS[type(node.op)](*parts)
        if kind is ast.Compare:
            pairs = zip(parts, node.ops, parts[1:], strict=False)
            return Fraction(all(_COMPARISONS[type(op)](one, two) for one, op, two in pairs))
        if node.func.id == "round":
            digits = node.args[1].value if len(node.args) == 2 else 0
            return to_number(half_up(parts[0], digits))
        return {"min": min, "max": max}[node.func.id](parts)

    @staticmethod
    def _operands(node):
        kind = type(node)
        if kind is ast.UnaryOp:
            return (node.operand,)
        if kind is ast.BinOp:
            return node.left, node.right
        if kind is ast.Compare:
            return node.left, *node.comparators
        return node.args[:1] if node.func.id == "round" else node.args
