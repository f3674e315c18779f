# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationChecklistItem(models.Model):
    _inherit = "regulation.checklist.item"

    contract_type_ids = fields.Many2many(
        comodel_name="sales.contract.type",
        relation="regulation_checklist_item_contract_type_rel",
        string="Contract Types",
        help="On the checklist “contract_documents”: which contracts need the document."
        " Empty: all.",
    )
