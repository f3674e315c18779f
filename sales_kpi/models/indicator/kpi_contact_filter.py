# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

CHANNELS = ("visit", "call", "email", "message", "fax", "letter")


class KpiContactFilter(models.AbstractModel):
    """Which contacts are counted: those of some channels, those with interest."""

    _name = "kpi.contact.filter"
    _description = "Contacts that Count"

    channel_filter = fields.Char(
        string="Channels",
        help="visit, call, email, message, fax, letter; comma separated, added up. Empty: all.",
    )
    interested = fields.Boolean(
        string="Interested only", help="Contacts after which the customer is interested."
    )

    @api.constrains("channel_filter")
    def _check_channels(self):
        for record in self:
            if unknown := set(record._channels()).difference(CHANNELS):
                raise ValidationError(
                    self.env._("%s is no channel of a contact.", ", ".join(sorted(unknown)))
                )

    def _channels(self):
        return [code.strip() for code in (self.channel_filter or "").split(",") if code.strip()]
