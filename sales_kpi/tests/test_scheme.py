# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged
from odoo.tools import SQL, LazyTranslate

from ..tools import Facts, Provider
from .common import KpiCommon

_lt = LazyTranslate(__name__)


@tagged("post_install", "-at_install")
class TestScheme(KpiCommon):
    """C41, C42, K1, K2: a scheme is part of the regulation, checked when it is published."""

    def _draft(self, lines, **values):
        profile = self._profile(publish=False)
        self._scheme(profile, lines, **values)
        return profile

    def _refused(self, text, lines, **values):
        profile = self._draft(lines, **values)
        with self.assertRaisesRegex(UserError, text):
            profile.with_user(self.users["gm"])._publish("active")

    def test_weights(self):
        """Weights not 100 are refused, whatever the method."""
        self._refused("99.5", [("sales_amount", {"weight": 99.5})])
        self._refused("110", [("sales_amount", {"weight": 60}), ("new_customers", {"weight": 50})])
        self._refused(
            "90", [("assessment", {"weight": 20})], method="mixed", deduction_weight=70
        )
        thirds = [
            ("sales_amount", {"weight": 33.33}),
            ("new_customers", {"weight": 33.33}),
            ("assessment", {"weight": 33.34}),
        ]
        self._draft(thirds).with_user(self.users["gm"])._publish("active")

    def test_rules(self):
        self._refused("no lines", [])
        self._refused("no weight", [("sales_amount", {"weight": 10})], method="deduction")
        self._refused("points", [("sales_amount", {"rule": "below"})], method="deduction")
        self._refused("deductions only", [("sales_amount", {})], method="deduction")
        self._refused("empty", [("sales_amount", {"weight": 100, "rule": "bands"})])
        self._refused("fixed target", [("sales_amount", {"weight": 100, "target_source": "fixed"})])

    def test_twice(self):
        profile = self._draft([("sales_amount", {"weight": 100})])
        self._scheme(profile, [("sales_amount", {"weight": 100})])
        with self.assertRaisesRegex(UserError, "two score schemes"):
            profile.with_user(self.users["gm"])._publish("active")

    def test_fixed_with_the_profile(self):
        """What is published is not edited, by nobody; the next version is."""
        admin = self.users["adm"]
        for record, values in (
            (self.scheme, {"base": 50}),
            (self.scheme.line_ids[0], {"weight": 10}),
            (self.scheme, {"line_ids": [Command.clear()]}),
        ):
            with self.assertRaises(UserError):
                record.with_user(admin).write(values)
            with self.assertRaises(UserError):
                record.sudo().write(values)
        with self.assertRaises(UserError):
            self.scheme.with_user(admin).unlink()
        with self.assertRaises(UserError):
            self.scheme.with_user(self.users["a"]).write({"base": 50})
        action = self.profile.with_user(admin).action_new_version()
        draft = self.env["regulation.profile"].browse(action["res_id"])
        self.assertEqual(len(draft.scheme_ids.line_ids), len(self.scheme.line_ids))
        draft.scheme_ids.line_ids[0].with_user(admin).weight = 10

    def test_indicator_in_force(self):
        """What a regulation in force scores by keeps its meaning; texts may be improved."""
        indicator = self._indicator("sales_amount").with_user(self.users["adm"])
        for values in ({"basis": "collected"}, {"provider": "manual"}, {"code": "other"}):
            with self.assertRaisesRegex(UserError, "in force"):
                indicator.write(values)
        indicator.write({"definition": "Said more clearly", "basis": "invoiced"})
        self._indicator("growth").with_user(self.users["adm"]).basis = "ordered"

    def test_shipped(self):
        """A preset for every source, sound as it ships; S2 exactly as the source says."""
        schemes = self.env["kpi.scheme"].search([("profile_id.is_template", "=", True)])
        codes = set(schemes.profile_id.mapped("code"))
        self.assertLessEqual({"S0", "S1", "S2", "S3", "S4", "COMPOSITE-DEMO"}, codes)
        schemes._check_sound()
        lines = self.env.ref("sales_kpi.scheme_s2_month").line_ids
        self.assertEqual(
            {line.indicator_id.code: (line.points, line.step) for line in lines if line.points},
            {
                "sales_amount": (0.5, 1.0),
                "profit": (0.5, 1.0),
                "sales_external": (1.0, 1.0),
                "complaints_ordinary": (1.0, 1.0),
                "complaints_major": (5.0, 1.0),
            },
        )

    def test_provider_of_a_consultant(self):
        """docs/kpi.md: a few lines add a way to count."""
        model_class = self.registry["kpi.provider"]
        def _providers(model):
            return {**original(model), "orders": Provider(_lt("Orders confirmed"))}

        def _provide_orders(model, indicator, request):
            return Facts(
                model._figures(
                    SQL(
                        """
                        SELECT line.credited_user_id, period.key, COUNT(DISTINCT line.order_id), NULL,
                               COUNT(DISTINCT line.order_id)
                          FROM sale_order_line line
                          JOIN %(periods)s ON line.credited_at >= period.first
                           AND line.credited_at < period.last
                         WHERE line.company_id = %(company)s AND line.credited_user_id IN %(users)s
                         GROUP BY 1, 2
                        """,
                        periods=request.moments(),
                        company=request.company.id,
                        users=request.users,
                    )
                ),
                "sale.order",
                lambda user, period: [("order_line.credited_user_id", "=", user)],
            )

        original = model_class._providers
        self.patch(model_class, "_providers", _providers)
        model_class._provide_orders = _provide_orders
        self.addCleanup(delattr, model_class, "_provide_orders")
        indicator = self.env["kpi.indicator"].create(
            {
                "name": "Orders",
                "code": "order_number",
                "provider": "orders",
                "definition": "Orders confirmed in the period",
            }
        )
        self.sell()
        self.sell()
        request = self.cycle()._request(self.users["a"].ids)
        facts = indicator._facts(request)[indicator]
        self.assertEqual(facts.figures[self.users["a"].id, 0].numerator, 2)
