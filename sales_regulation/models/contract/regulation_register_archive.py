# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[
            ("contract_original", "Original of the contract back"),
            ("contract_copy", "Copy of the contract received"),
            ("contract_document", "Document of the contract filed"),
            ("contract_document_void", "Document of the contract declared void"),
            ("contract_archived", "Contract archived"),
        ],
        ondelete={
            "contract_original": "cascade",
            "contract_copy": "cascade",
            "contract_document": "cascade",
            "contract_document_void": "cascade",
            "contract_archived": "cascade",
        },
    )

    @api.model
    def _evidence_models(self):
        return {
            **super()._evidence_models(),
            "sales.contract": [("signed_at", "!=", False)],
            "sales.contract.version": [],
            "sales.contract.signature": [],
            "sales.contract.copy": [],
            "sales.contract.document": [],
        }
