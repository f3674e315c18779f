# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError


class SalesPlanSplitLine(models.TransientModel):
    """One part, and which share of the whole it takes."""

    _name = "sales.plan.split.line"
    _description = "Part of Divided Targets"
    _order = "id"

    split_id = fields.Many2one(comodel_name="sales.plan.split", required=True, ondelete="cascade")
    day = fields.Date(string="From", required=True)
    team_id = fields.Many2one(comodel_name="crm.team")
    user_id = fields.Many2one(comodel_name="res.users", string="Responsible", required=True)
    percent = fields.Float(string="Share (%)", digits=(16, 4))

    def _find_or_begin(self):
        """The plan of this part that is being written, begun if there is none."""
        self.ensure_one()
        plan, kind = self.split_id.plan_id, self.split_id.type_id
        domain = [
            ("company_id", "=", plan.company_id.id),
            ("code", "=", kind.sudo().code),
            ("period_start", "=", kind.sudo()._period(self.day)[0]),
        ]
        if kind.sudo().level != "company":
            domain.append(("team_id", "=", self.team_id.id))
        if kind.sudo().level == "user":
            domain.append(("user_id", "=", self.user_id.id))
        found = self.env["sales.plan"].search(domain, order="version desc", limit=1)
        if found and found.state != "draft":
            raise UserError(
                self.env._("%s is handed in already: take it back first.", found.display_name)
            )
        return found or found.create(
            {
                "type_id": kind.id,
                "company_id": plan.company_id.id,
                "day": self.day,
                "team_id": self.team_id.id if kind.sudo().level != "company" else False,
                "user_id": self.user_id.id,
            }
        )
