# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from .regulation_profile import PAYMENT_MODES


class AccountPaymentTerm(models.Model):
    _inherit = "account.payment.term"

    regulation_payment_mode = fields.Selection(
        selection=PAYMENT_MODES,
        string="Paid before Shipment",
        help="Empty: as the sales regulation says. A term that demands more always counts; one"
        " that demands less counts only for customers with whom finance has agreed on it,"
        " because whoever sells chooses the term of an order.",
    )
    regulation_deposit_percent = fields.Float(string="Deposit before Shipment", digits=(5, 2))

    _regulation_deposit_range = models.Constraint(
        "CHECK(regulation_deposit_percent IS NULL"
        " OR (regulation_deposit_percent >= 0 AND regulation_deposit_percent <= 100))",
        "A deposit is a share between 0 and 100 %.",
    )

    def write(self, vals):
        """What finance has agreed on with a customer is not loosened through the term."""
        names = {"regulation_payment_mode", "regulation_deposit_percent"}.intersection(vals)
        if names and self.env["regulation.profile"]._regulated_companies():
            changed = self.filtered(
                lambda term: any((term[name] or False) != (vals[name] or False) for name in names)
            )
            agreements = (
                self.env["sale.payment.agreement"]
                .sudo()
                .search([("payment_term_id", "in", changed.ids), ("state", "=", "confirmed")])
            )
            self.env["sale.payment.allocation"]._check_finance_of(agreements.company_id)
        return super().write(vals)
