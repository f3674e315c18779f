# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class ResPartnerBank(models.Model):
    _inherit = "res.partner.bank"

    @api.depends_context("uid")
    def _compute_duplicate_bank_partner_ids(self):
        """Whose account number it is too: a question about what is beyond the base card."""
        if self._concealing() is None:
            return super()._compute_duplicate_bank_partner_ids()
        banks = self.sudo()
        super(ResPartnerBank, banks)._compute_duplicate_bank_partner_ids()
        told = banks.duplicate_bank_partner_ids.sudo(False)._legible_to_person()
        told -= told.browse(told._concealed())
        for bank, known in zip(self, banks, strict=True):
            bank.duplicate_bank_partner_ids = known.duplicate_bank_partner_ids.sudo(False) & told
        return None
