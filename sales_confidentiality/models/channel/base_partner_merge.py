# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A customer who takes another one in takes over the higher label of the two."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].sudo().browse(partner_ids).exists()
        labels = partners.confidentiality_label_id
        highest = max(labels, key=lambda label: label.rank, default=labels)
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        kept = partners.exists()
        if highest and kept:
            kept._confidentiality_raise(dict.fromkeys(kept.ids, highest))
        return result
