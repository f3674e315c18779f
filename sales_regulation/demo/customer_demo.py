# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RegulationDemo(models.AbstractModel):
    """Whose the customers are, and how much they mean to the company."""

    _inherit = "regulation.demo"

    @api.model
    def _documents(self, company, people, goods):
        result = super()._documents(company, people, goods)
        self._owners(people, goods)
        self._tiers(people, goods)
        return result

    def _owners(self, people, goods):
        for customer, login in (("beihe", "liqiang"), ("nanfeng", "liqiang")):
            goods[customer].invalidate_recordset(["user_id"])
            if not goods[customer].user_id:
                goods[customer].with_user(people[login]).action_register_customer()

    def _tiers(self, people, goods):
        """Scored by the rep and confirmed by the manager; one still waits for him."""
        for customer, points in (
            ("beihe", (70, 60, 65)),
            ("nanfeng", (55, 50, 60)),
            ("dongfang", (80, 75, 90)),
        ):
            sheet = (
                self.env["ka.tier.score"]
                .with_user(people["wangfang"])
                .create({"partner_id": goods[customer].id})
            )
            for line, value in zip(sheet.line_ids.sorted("id"), points, strict=True):
                line.points = value
            sheet.action_submit()
            if customer != "dongfang":
                sheet.sudo().approval_ids.with_user(people["chengang"]).action_approve()
