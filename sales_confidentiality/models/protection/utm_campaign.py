# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain


class UtmCampaign(models.Model):
    """What came of a campaign, which Odoo counts as superuser: for a person, of what he may see."""

    _inherit = "utm.campaign"

    @api.depends_context("uid")
    def _compute_quotation_count(self):
        visible = self._visible_to_person("sale.order")
        if visible is None:
            return super()._compute_quotation_count()
        domain = visible & Domain("campaign_id", "in", self.ids)
        counts = dict(self.env["sale.order"]._read_group(domain, ["campaign_id"], ["__count"]))
        for campaign in self:
            campaign.quotation_count = counts.get(campaign, 0)
        return None

    @api.depends_context("uid")
    def _compute_sale_invoiced_amount(self):
        visible = self._visible_to_person("account.move.line")
        if visible is None:
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
        lines = self.env["account.move.line"]
        sums = dict(lines._read_group(domain, ["move_id.campaign_id"], ["balance:sum"]))
        for campaign in self:
            campaign.invoiced_amount = -sums.get(campaign, 0)
        return None

    def _visible_to_person(self, model_name):
        """The records of a model that the labels show him for whom the superuser counts, or None
        if nothing is withheld from him."""
        access = self.env["confidentiality.grant"]._access_of(self.env.user)
        return access and self.env["confidentiality.model"]._label_domain(model_name, access)
