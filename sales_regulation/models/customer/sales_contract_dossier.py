# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...tools import Refusal


class SalesContract(models.Model):
    _inherit = "sales.contract"

    def _gate_customer_dossier(self, policies, **facts):
        """Before a contract is submitted the customer's file holds what is mandatory (C07)."""
        labels = dict(
            self.env["regulation.dossier.item"]._fields["item"]._description_selection(self.env)
        )
        refusals = {}
        for company, contracts in self.grouped("company_id").items():
            dossiers = contracts.partner_id._dossiers(company)
            for contract in contracts:
                _wanted, lacks, _days = dossiers.get(contract.partner_id.id, ((), (), 0))
                if missing := [labels[item] for item, mandatory in lacks if mandatory]:
                    refusals[contract.id] = Refusal(
                        reason=self.env._("The dossier of the customer is not complete."),
                        missing=tuple(missing),
                    )
        return refusals
