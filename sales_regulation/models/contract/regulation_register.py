# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    event = fields.Selection(
        selection_add=[
            ("contract_sent", "Contract sent"),
            ("contract_reconfirmed", "Contract reconfirmed"),
            ("contract_signature", "Signature received, contract not yet signable"),
            ("contract_signed", "Contract signed"),
            ("contract_amended", "Contract amended"),
            ("contract_terminated", "Contract terminated"),
            ("contract_cancelled", "Contract cancelled"),
            ("contract_closed", "Contract closed"),
        ],
        ondelete={
            "contract_sent": "cascade",
            "contract_reconfirmed": "cascade",
            "contract_signature": "cascade",
            "contract_signed": "cascade",
            "contract_amended": "cascade",
            "contract_terminated": "cascade",
            "contract_cancelled": "cascade",
            "contract_closed": "cascade",
        },
    )
