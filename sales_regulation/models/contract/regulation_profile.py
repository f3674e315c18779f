# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools.policy import strictest_min, union_ids


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    contract_min_amount = fields.Float(
        string="Contract from Amount",
        digits=(16, 2),
        help="Orders from this untaxed amount, in company currency, need a signed contract"
        " before they are confirmed (銷售合同). 0: every order.",
    )
    contract_term_ids = fields.Many2many(
        comodel_name="sales.contract.term",
        relation="regulation_profile_contract_term_rel",
        string="Mandatory Terms",
        help="What a contract has to say before it is submitted, as far as its type knows the"
        " term (合同必備條款).",
    )
    contract_delivery_days = fields.Integer(
        string="Delivery within (days)",
        help="Delivery time proposed in a new contract, in calendar days after its signature."
        " 0: none is proposed.",
    )
    contract_return_days = fields.Integer(
        string="Return Window (days)",
        help="Days to return or exchange goods that a new contract proposes. 0: none.",
    )
    contract_payment_term_id = fields.Many2one(
        comodel_name="account.payment.term",
        string="Payment Terms proposed",
        help="For contracts whose order and customer name none.",
    )
    contract_portal_signature = fields.Boolean(
        string="Signature on the Portal",
        default=True,
        help="The customer may sign on the portal. Otherwise the signed paper is scanned.",
    )

    @api.constrains("contract_min_amount", "contract_delivery_days", "contract_return_days")
    def _check_contract_figures(self):
        for profile in self:
            if (
                min(
                    profile.contract_min_amount,
                    profile.contract_delivery_days,
                    profile.contract_return_days,
                )
                < 0
            ):
                raise ValidationError(
                    self.env._("The amount and the days of contracts cannot be negative.")
                )

    @api.model
    def _strictness(self):
        return {
            **super()._strictness(),
            "contract_min_amount": strictest_min,
            "contract_term_ids": union_ids,
            "contract_portal_signature": all,
        }
