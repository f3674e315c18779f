# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import HttpCase, tagged

from ..common import RegulationCompany


@tagged("post_install", "-at_install")
class TestSetupTour(RegulationCompany, HttpCase):
    """The setup assistant in the browser, as the administrator; publishing, as the director."""

    browser_size = "1366x768"

    def setUp(self):
        super().setUp()
        self._build_company()

    def _adopt(self):
        self.start_tour("/odoo/regulation-templates", "regulation_setup_assistant", login="reg_adm")
        own = self.env["regulation.profile"].search(
            [("code", "=", "STARTER"), ("is_template", "=", False)]
        )
        self.assertEqual(own.state, "draft")
        self.assertEqual(own.company_ids, self.company)
        self.assertEqual(set(own.gate_ids.mapped("mode")), {"observe"})
        self.env.flush_all()
        self.start_tour(
            f"/odoo/regulation.profile/{own.id}", "regulation_director_publishes", login="reg_gm"
        )
        self.env.invalidate_all()
        self.assertRecordValues(
            own, [{"state": "active", "published_by_id": self.users["gm"].id}]
        )
        modes = {line.gate_id.code: line.mode for line in own.gate_ids}
        self.assertEqual(modes.pop("payment_before_shipment"), "enforce")
        self.assertEqual(set(modes.values()), {"observe"}, "one gate alone is enforced")

    def test_on_a_desktop(self):
        self._adopt()


@tagged("post_install", "-at_install")
class TestSetupTourPhone(TestSetupTour):
    browser_size = "375x667"
    touch_enabled = True
    allow_inherited_tests_method = True

    def test_on_a_desktop(self):
        """The same on a phone."""
        self._adopt()
