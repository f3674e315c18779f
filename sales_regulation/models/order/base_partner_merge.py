# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    _inherit = "base.partner.merge.automatic.wizard"

    @api.model
    def _update_foreign_keys(self, src_partners, dst_partner):
        """A merge renames the customer of confirmed orders in SQL: that is no change of what
        was agreed. Orders that were intact before are so afterwards, others stay as they are.
        """
        if not self.env["regulation.profile"]._regulated_companies():
            return super()._update_foreign_keys(src_partners, dst_partner)
        orders = (
            self.env["sale.order"]
            .sudo()
            .search(
                Domain("state", "=", "sale")
                & Domain("regulation_fingerprint", "!=", False)
                & Domain.OR(
                    Domain(name, "in", src_partners.ids)
                    for name in ("partner_id", "partner_invoice_id", "partner_shipping_id")
                )
            )
        )
        digests = orders._confirmed_digests()
        intact = orders.filtered(lambda order: order.regulation_fingerprint == digests[order.id])
        result = super()._update_foreign_keys(src_partners, dst_partner)
        orders.invalidate_recordset()
        intact._store_fingerprints(intact._confirmed_digests())
        return result
