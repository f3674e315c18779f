# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import doctest

from tests.tools import coverage


def test_examples():
    assert doctest.testmod(coverage).failed == 0


def test_what_a_page_says():
    clauses = {
        "S0-33": coverage.Clause("S0-33", "Reviewed.", {"Gate": "order_review"}, ["s0"]),
        "S0-02": coverage.Clause("S0-02", "Later.", {}, ["s0"]),
    }
    page = coverage.render(
        clauses, {"S0-33": ["a.py"]}, {"S0-33": ["test_a.py"], "S9-99": ["b.py"]}
    )
    assert "2 clauses in the shipped profiles, 1 carried out, 1 of these named by tests" in page
    assert "| S0-33 | Reviewed. | Gate: order_review | `a.py` | `test_a.py` |" in page
    assert "- S0: S0-02" in page
    assert "- S9-99: `b.py`" in page


def test_the_registers_can_be_read():
    clauses = coverage.read_registers()
    assert "S4-337" in clauses
    assert clauses["S4-337"].carriers
