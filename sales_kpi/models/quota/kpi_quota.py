# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KpiQuota(models.Model):
    """How many contacts of a kind a role owes on each working day (C43, S4-162 to S4-167).

    Only contacts count that the manager has signed. A month's quota is that of a day times the
    working days, less the days of leave.
    """

    _name = "kpi.quota"
    _description = "Activity Quota"
    _inherit = ["regulation.profile.part", "kpi.contact.filter"]
    _order = "profile_id, sequence, id"

    _daily = models.Constraint("CHECK(daily > 0)", "A quota is more than 0.")

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    role_id = fields.Many2one(
        comodel_name="regulation.role",
        string="For Role",
        required=True,
        ondelete="restrict",
        index=True,
    )
    daily = fields.Integer(string="A Day", required=True, help="On each working day.")
