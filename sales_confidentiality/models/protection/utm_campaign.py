# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain


class UtmCampaign(models.Model):
    """What came of a campaign, which Odoo counts as superuser: for a person, of what he may see."""

    _inherit = "utm.campaign"

    @api.depends_context("uid")
    def _compute_quotation_count(self):
        campaigns = self._looking_up("sale.order")
        return super(UtmCampaign, campaigns)._compute_quotation_count()

    @api.depends_context("uid")
    def _compute_sale_invoiced_amount(self):
        lines = self.env["account.move.line"]
        access = self.env["confidentiality.grant"]._access_of(self.env.user)
        visible = access and self.env["confidentiality.model"]._label_domain(lines._name, access)
        if not access or visible is None:
            return super()._compute_sale_invoiced_amount()
        domain = visible & Domain(
            [
                ("parent_state", "not in", ("draft", "cancel")),
                ("move_id.campaign_id", "in", self.ids),
                (
                    "move_type",
                    "in",
                    (
                        *("out_invoice", "out_refund", "out_receipt"),
                        *("in_invoice", "in_refund", "in_receipt"),
                    ),
                ),
                ("account_id", "!=", False),
                ("display_type", "=", "product"),
            ]
        )
        sums = dict(lines._read_group(domain, ["move_id.campaign_id"], ["balance:sum"]))
        for campaign in self:
            campaign.invoiced_amount = -sums.get(campaign, 0)
        return None
