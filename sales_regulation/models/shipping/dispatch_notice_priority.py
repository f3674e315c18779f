# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ...tools import engine

#: where customers without a tier stand; the default of a tier too
_ORDINARY = 50


class DispatchNotice(models.Model):
    """The keeper ships to customers of a high tier first (C08: S3-18)."""

    _name = "dispatch.notice"
    _inherit = "dispatch.notice"

    shipping_priority = fields.Integer(
        readonly=True,
        copy=False,
        default=_ORDINARY,
        aggregator=None,
        help="Of the customer's tier when the notice was issued. The smaller, the earlier.",
    )

    def _issue(self, policies):
        """Stamp the place in the keeper's list."""
        result = super()._issue(policies)
        priorities = self._shipping_priorities(policies)
        for priority, notices in self.grouped(lambda row: priorities[row.id]).items():
            engine(notices.sudo()).write({"shipping_priority": priority})
        return result

    def _shipping_priorities(self, policies):
        """``{id: priority}`` by the tier of each customer today. One query per company."""
        Profile = self.env["regulation.profile"]
        found = {}
        for company, notices in self.sudo().grouped("company_id").items():
            tiers = notices.order_id.partner_id.commercial_partner_id._ka_tiers(company)
            for notice in notices:
                tier = tiers.get(notice.order_id.partner_id.commercial_partner_id.id)
                line = tier and Profile._tier_policies(policies[notice.id]).get(tier.id)
                found[notice.id] = line.shipping_priority if line else _ORDINARY
        return found
