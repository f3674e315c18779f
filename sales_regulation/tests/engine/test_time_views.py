# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from ast import literal_eval

from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.common import RegulationCommon

ACTIONS = {
    # action: who opens it
    "regulation_deadline_action": ("a", "km", "aud", "wh"),
    "regulation_deadline_action_report": ("km", "aud"),
    "regulation_handover_action": ("a", "wh", "fin"),
    "regulation_duty_action": ("a", "km"),
    "regulation_duty_instance_action": ("a", "km"),
    "regulation_duty_instance_action_report": ("km", "aud"),
    "regulation_measure_action": ("a", "km", "hr"),
    "regulation_qualification_action": ("a", "hr"),
    "regulation_register_seal_action": ("aud", "adm"),
    "regulation_extra_day_action": ("adm",),
}


@tagged("post_install", "-at_install")
class TestTimeViews(RegulationCommon):
    def test_everybody_opens_his_views(self):
        """Views load, the default filters work, and a phone has a kanban."""
        for xmlid, logins in ACTIONS.items():
            action = self.env.ref(f"sales_regulation.{xmlid}")
            modes = action.view_mode.split(",")
            self.assertIn("kanban", modes)
            self.assertTrue(action.help)
            for login in logins:
                with self.subTest(action=xmlid, login=login):
                    Model = self.env[action.res_model].with_user(self.users[login])
                    views = Model.get_views([(False, mode) for mode in [*modes, "search"]])
                    self.assertEqual(set(views["views"]), {*modes, "search"})
                    context = literal_eval(action.context or "{}")
                    filters = {
                        key.removeprefix("search_default_")
                        for key in context
                        if key.startswith("search_default_")
                    }
                    arch = views["views"]["search"]["arch"]
                    for name in filters:
                        self.assertIn(f'name="{name}"', arch)
                    Model.web_search_read([], {"display_name": {}}, limit=5)

    def test_pages_of_the_profile(self):
        arch = self.env["regulation.profile"].with_user(self.users["a"]).get_view(
            self.env.ref("sales_regulation.regulation_profile_view_form").id
        )["arch"]
        for page in ("deadlines", "duties", "handover"):
            self.assertIn(f'name="{page}"', arch)

    def test_shipped_deadlines(self):
        composite = self.env.ref("sales_regulation.profile_composite")
        ship = composite.deadline_rule_ids.filtered(lambda rule: rule.code == "ship_promptly")
        self.assertEqual((ship.unit, ship.value), ("calendar_days", 2))
        events = composite.handover_rule_ids.filtered(lambda rule: rule.event == "order_confirmed")
        self.assertEqual(
            events.role_id.mapped("code"), ["planner", "warehouse", "finance"]
        )
