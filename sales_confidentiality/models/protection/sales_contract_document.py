# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SalesContractDocument(models.Model):
    _name = "sales.contract.document"
    _inherit = ["sales.contract.document", "confidentiality.satellite"]

    _satellite_of = "contract_id"
