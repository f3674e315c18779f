# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models, tools


class SalesContractType(models.Model):
    """A kind of contract: what it has to say, who reviews it, how orders are compared."""

    _name = "sales.contract.type"
    _description = "Contract Type"
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    active = fields.Boolean(default=True)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: for all companies."
    )
    category = fields.Selection(
        selection=[
            ("sale", "Sale"),
            ("framework", "Framework"),
            ("channel", "Channel"),
            ("presale", "Pre-sale agreement"),
            ("property", "Sale and purchase"),
            ("amendment", "Amendment"),
            ("termination", "Termination"),
        ],
        required=True,
        default="sale",
        help="Amendments and terminations go the way of a contract and, once signed, change or"
        " end the contract they belong to (變更、解除協議).",
    )
    term_ids = fields.Many2many(
        comodel_name="sales.contract.term",
        relation="sales_contract_type_term_rel",
        string="Terms",
        help="What contracts of this type can say. Of these the regulation names the mandatory"
        " ones.",
    )
    business_review = fields.Boolean(
        default=True, help="Reviewed by the business side: policy and risk (業務評審)."
    )
    legal_review = fields.Boolean(
        default=True, help="Reviewed by legal after the business side (法務審核)."
    )
    final_review = fields.Boolean(
        string="Further Approval",
        default=True,
        help="Further steps of the regulation, for instance from an amount on, apply.",
    )
    quantity_rule = fields.Selection(
        selection=[
            ("exact", "Exactly the contract"),
            ("within", "Up to the contract"),
            ("none", "Prices only"),
        ],
        string="Quantities of Orders",
        required=True,
        default="exact",
        help="How the orders of such a contract, together, are compared with its quantities."
        " Up to: a line with quantity 0 sets only the price.",
    )
    clauses = fields.Html(
        string="Standard Clauses",
        translate=True,
        help="Printed below the terms; copied into a new contract.",
    )
    note = fields.Text(string="Remarks", translate=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Two contract types cannot have one code.")

    def write(self, vals):
        if "quantity_rule" in vals:
            self.env.registry.clear_cache("stable")
        return super().write(vals)

    @tools.ormcache("self.id", cache="stable")
    def _quantity_rule(self):
        """How quantities are compared, without reading the type for every order."""
        return self.quantity_rule
