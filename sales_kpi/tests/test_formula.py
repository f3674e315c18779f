# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from fractions import Fraction

from odoo.exceptions import ValidationError
from odoo.tests import tagged

from ..tools import Formula, FormulaError
from .common import KpiCommon

ATTACKS = (
    "",
    "   ",
    "__import__('os').system('true')",
    "(1).__class__.__bases__",
    "a.b",
    "a[0]",
    "[1, 2]",
    "{'a': 1}",
    "lambda: 1",
    "[x for x in (1, 2)]",
    "a ** 9",
    "9 ** 9 ** 9",
    "2 << 99999999",
    "a % 2",
    "a // 2",
    "not a",
    "~1",
    "'text'",
    "f'{a}'",
    "None",
    "True",
    "1e400",
    "1e16",
    "10000000000000000",
    "1j",
    "a := 1",
    "a; b",
    "import os",
    "print(1)",
    "min(*a)",
    "min(a, key=b)",
    "min(1)",
    "round(1.5, 7)",
    "round(1.5, -1)",
    "round(a, b)",
    "round(1, True)",
    "sum(a, b)",
    "getattr(a, b)",
    "a if b",
    "yield a",
    "await a",
    "ａ + 1",
    "a" * 600,
    "min(a, " * 30 + "a" + ")" * 30,
    "-" * 100 + "1",
    "+".join("a" * 200),
    "1 if 1 else " * 30 + "1",
    "a\x00b",
)


@tagged("post_install", "-at_install")
class TestFormula(KpiCommon):
    """C41: a formula is parsed, never executed; what is not listed is refused."""

    def test_attacks(self):
        for text in ATTACKS:
            with self.subTest(text=text[:40]), self.assertRaises(FormulaError):
                Formula(text)

    def test_values(self):
        for text, value in (
            ("1 + 2 * 3", 7),
            ("-a + b", 3),
            ("a / b", Fraction(2, 5)),
            ("min(a, b, 1)", 1),
            ("max(a, b)", 5),
            ("round(a / 3, 2)", Fraction("0.67")),
            ("round(2.5)", 3),
            ("a if a > b else b", 5),
            ("1 < a <= 2", 1),
            ("a == 2", 1),
            ("0.1 + 0.2", Fraction("0.3")),
            ("a / 0", None),
            ("a / (b - 5)", None),
            ("1 if none > 0 else 2", None),
            ("5 if a else none", 5),
            ("none + 1", None),
            ("1000000000000000 * 10", None),
        ):
            with self.subTest(text=text):
                self.assertEqual(Formula(text).value({"a": 2, "b": 5, "none": None}), value)

    def _formula(self, code, text):
        return self.env["kpi.indicator"].create(
            {
                "name": code,
                "code": code,
                "provider": "formula",
                "formula": text,
                "definition": "A formula",
                "unit": "percent",
            }
        )

    def test_indicator(self):
        """Two indicators in one formula; nobody sold: no data, no error."""
        margin = self._formula("margin_rate", "100 * profit / sales_amount")
        order = self.sell(amount=100.0)
        self.bill(order, "2026-03-10")
        request = self.cycle()._request([self.users["a"].id, self.users["b"].id])
        facts = margin._facts(request)[margin]
        self.assertEqual(facts.figures[self.users["a"].id, 0].numerator, 22)
        self.assertNotIn((self.users["b"].id, 0), facts.figures)

    def test_refused(self):
        for text in ("unknown_code + 1", "sales_amount.id", "margin_loop"):
            with self.assertRaises(ValidationError):
                self._formula("margin_loop", text)
        first = self._formula("first_one", "sales_amount + 1")
        self._formula("second_one", "first_one + 1")
        with self.assertRaises(ValidationError):
            first.formula = "second_one * 2"
        with self.assertRaises(ValidationError):
            self._formula("with space", "1")
        with self.assertRaises(ValidationError):
            self._formula("min", "1")
