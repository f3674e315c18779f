# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SalesContractSignature(models.Model):
    _name = "sales.contract.signature"
    _inherit = ["sales.contract.signature", "confidentiality.satellite"]

    _satellite_of = "contract_id"
