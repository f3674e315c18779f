# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from odoo.addons.sales_regulation.tools import Commitment


class RegulationCommitment(models.AbstractModel):
    _inherit = "regulation.commitment"

    @api.model
    def _commitment_samples(self, keys):
        """``keys``: (company id, customer id, limit). What customers got, from one query."""
        given = {
            (company.id, partner.id): amount
            for company, partner, amount in self.env["sample.request"]._read_group(
                [
                    ("state", "=", "given"),
                    ("company_id", "in", [company for company, _partner, _limit in keys]),
                    ("partner_id", "in", [partner for _company, partner, _limit in keys]),
                ],
                ["company_id", "partner_id"],
                ["amount:sum"],
            )
        }
        companies = self.env["res.company"]
        return {
            key: Commitment(
                limit=key[2],
                used=given.get(key[:2], 0.0),
                currency=companies.browse(key[0]).currency_id,
            )
            for key in keys
        }
