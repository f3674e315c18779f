# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ..indicator.kpi_indicator import CHANNELS


class KpiQuota(models.Model):
    """How many contacts of a kind a role owes on each working day (C43, S4-162 to S4-167).

    Only contacts count that the manager has signed. A month's quota is that of a day times the
    working days, less the days of leave.
    """

    _name = "kpi.quota"
    _description = "Activity Quota"
    _inherit = ["regulation.profile.part"]
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
    channel_filter = fields.Char(
        string="Channels",
        help="visit, call, email, message, fax, letter; comma separated, added up. Empty: all.",
    )
    interested = fields.Boolean(
        string="Interested only", help="Contacts after which the customer is interested."
    )

    @api.constrains("channel_filter")
    def _check_channels(self):
        for quota in self:
            if unknown := set(quota._channels()).difference(CHANNELS):
                raise ValidationError(
                    self.env._("%s is no channel of a contact.", ", ".join(sorted(unknown)))
                )

    def _channels(self):
        return [code.strip() for code in (self.channel_filter or "").split(",") if code.strip()]
