# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, models

from .nda_demo import PAPER


class RegulationDemo(models.AbstractModel):
    """A representative leaves in two weeks; a driver has left with a complete list."""

    _inherit = "regulation.demo"

    @api.model
    def _secrets(self, company, people):
        super()._secrets(company, people)
        self._leaves(company, people)
        self._has_left(company, people)
        self._reward(people)

    def _leaves(self, company, people):
        checkout = self._checkout(people, people["zhaomin"].employee_id, 12)
        checkout.successor_id = people["mahui"]
        self._tick_checkout(checkout, ("checkout_papers",))

    def _has_left(self, company, people):
        driver = self.env["hr.employee"].create(
            {
                "name": "Feng Lei (driver)",
                "company_id": company.id,
                "parent_id": people["zheng"].employee_id.id,
            }
        )
        checkout = self._checkout(people, driver, 0)
        self._tick_checkout(checkout, ("checkout_papers", "checkout_devices"))
        checkout.action_record_statement(PAPER)
        driver.with_user(people["he"]).with_context(no_wizard=True).action_archive()

    def _checkout(self, people, employee, days):
        day = employee.company_id._regulation_today() + timedelta(days=days)
        return (
            self.env["confidentiality.checkout"]
            .with_user(people["he"])
            .create({"employee_id": employee.id, "leaving_on": day})
        )

    def _tick_checkout(self, checkout, codes):
        for item in checkout.sudo().checklist_display_ids:
            if item.code in codes:
                checkout.action_tick(item.id)

    def _reward(self, people):
        """The other side of the files: whoever saw a leak early is thanked."""
        page = self.env["confidentiality.file"].search(
            [("user_id", "=", people["wu"].id)], limit=1
        )
        measure = self.env["regulation.measure"].browse(
            page.with_user(people["zhou"]).action_propose_reward(
                "Saw a leak and reported it the same day.", 300.0
            )
        )
        measure.with_user(people["he"]).action_decide()
        measure.with_user(people["he"]).action_effect()
