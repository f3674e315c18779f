# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class ResPartner(models.Model):
    _inherit = "res.partner"

    regulation_contract_count = fields.Integer(
        string="Contracts", compute="_compute_regulation_contract_count"
    )

    def _compute_regulation_contract_count(self):
        """Contracts of the company that the partner belongs to, as far as one may read them."""
        self.regulation_contract_count = 0
        Contract = self.env["sales.contract"]
        regulated = self.env["regulation.profile"]._regulated_companies()
        if not regulated or not Contract.has_access("read"):
            return
        # Most contacts have none: only where there are some it matters which he may read
        having = Contract.sudo()._read_group(
            [("partner_id", "in", self.commercial_partner_id.ids)], ["partner_id"]
        )
        if not having:
            return
        counts = dict(
            Contract._read_group(
                [("partner_id", "in", [partner.id for (partner,) in having])],
                ["partner_id"],
                ["__count"],
            )
        )
        for partner in self:
            partner.regulation_contract_count = counts.get(partner.commercial_partner_id, 0)

    def action_view_contracts(self):
        """Open the contracts with this customer."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.sales_contract_action"
        )
        return {
            **action,
            "domain": [("partner_id", "=", self.commercial_partner_id.id)],
            "context": {"default_partner_id": self.commercial_partner_id.id},
        }
