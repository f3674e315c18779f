# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import doctest
from fractions import Fraction

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from odoo.tests import BaseCase, tagged

from ..tools import Bands, EventDeduction, PercentDeduction, arithmetic, formula, half_up, spread

quick = settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
percents = st.fractions(min_value=0, max_value=100, max_denominator=10_000)


@tagged("post_install", "-at_install")
class TestArithmetic(BaseCase):
    """C42: exact numbers, three rounding modes, caps, repeats (S2-55 to S2-60, K7)."""

    def test_examples(self):
        for module in (arithmetic, formula):
            self.assertEqual(doctest.testmod(module).failed, 0)

    def test_profit_of_a(self):
        """8.5 % below: 4.0, 4.5, 4.25."""
        below = 100 - Fraction(274_500 * 100, 300_000)
        points = {
            rounding: PercentDeduction(Fraction("0.5"), rounding=rounding).points_for(below)
            for rounding in ("full", "started", "pro_rata")
        }
        self.assertEqual(
            points, {"full": 4, "started": Fraction("4.5"), "pro_rata": Fraction("4.25")}
        )

    def test_no_seven_point_nine(self):
        """92 % of an odd target is 8 full percent below, not 7.999."""
        for target in (300_000, 299_999, 7, 333_333):
            actual = Fraction(target) * 92 / 100
            below = 100 - 100 * actual / target
            self.assertEqual(PercentDeduction(Fraction(1)).units(below), 8)

    def test_events(self):
        """S2-60: the table of repeats ships empty; three events, the third twice as heavy."""
        self.assertEqual(EventDeduction(Fraction(5)).points_for(3), 15)
        self.assertEqual(EventDeduction(Fraction(5), repeats=((3, Fraction(2)),)).points_for(3), 20)
        self.assertEqual(EventDeduction(Fraction(5), free=Fraction(1)).points_for(1), 0)
        self.assertEqual(EventDeduction(Fraction(5), limit=Fraction(12)).points_for(3), 12)

    def test_bands(self):
        table = Bands(((Fraction(0), Fraction(0)), (Fraction(80), Fraction(60))))
        self.assertEqual([table.points_for(one) for one in (79, 80, 200)], [0, 60, 60])

    def test_spread(self):
        """S1 without answers 88.75; less than half of the weight: no score."""
        self.assertEqual(half_up(spread([(50, 94), (30, 80), (20, None)])[0]), half_up(88.75))
        self.assertEqual(spread([(49, 94), (51, None)])[0], None)
        self.assertEqual(spread([(50, 94), (50, None)])[0], 94)

    @quick
    @given(percents, st.fractions(min_value="0.01", max_value=10, max_denominator=100))
    def test_modes(self, below, step):
        """Full <= in proportion <= started, and they differ by less than a step."""
        full, exact, started = (
            PercentDeduction(Fraction(1), step, rounding).units(below)
            for rounding in ("full", "pro_rata", "started")
        )
        self.assertLessEqual(full, exact)
        self.assertLessEqual(exact, started)
        self.assertLess(started - full, 2)
        self.assertEqual(full == started, (below / step).denominator == 1)

    @quick
    @given(st.lists(st.tuples(st.integers(1, 100), percents), min_size=1, max_size=8))
    def test_spread_is_a_mean(self, parts):
        """A weighted result lies between the worst and the best part."""
        result, _present = spread(parts, total=sum(weight for weight, _value in parts))
        values = [value for _weight, value in parts]
        self.assertTrue(min(values) <= result <= max(values))
