# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class BasePartnerMergeAutomaticWizard(models.TransientModel):
    """A customer who takes another one in takes over the label of both."""

    _inherit = "base.partner.merge.automatic.wizard"

    def _merge(self, partner_ids, dst_partner=None, extra_checks=True):
        partners = self.env["res.partner"].sudo().browse(partner_ids).exists()
        labels = partners._confidentiality_label()
        result = super()._merge(partner_ids, dst_partner, extra_checks)
        kept = partners.exists()
        for label in labels.sorted("rank", reverse=True) if kept else ():
            kept._confidentiality_raise(dict.fromkeys(kept.ids, label))
        return result
