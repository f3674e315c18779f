# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[
            ("lead_stage", "Sales stage reached"),
            ("lead_evaluated", "Opportunity evaluated"),
            ("lead_handed_over", "Lead handed over"),
            ("lead_to_owner", "Lead given to the owner of the customer"),
            ("proposal_submitted", "Proposal submitted"),
            ("proposal_decided", "Proposal decided"),
        ],
        ondelete={
            "lead_stage": "cascade",
            "lead_evaluated": "cascade",
            "lead_handed_over": "cascade",
            "lead_to_owner": "cascade",
            "proposal_submitted": "cascade",
            "proposal_decided": "cascade",
        },
    )
