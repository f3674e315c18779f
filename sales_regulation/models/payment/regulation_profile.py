# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ...tools.policy import strictest_any, strictest_in, strictest_max, strictest_min

#: What must be covered before goods leave, from the loosest to the strictest
PAYMENT_MODES = [
    ("none", "No payment demanded"),
    ("credit", "Within the credit limit"),
    ("deposit", "Deposit"),
    ("delivered", "Value of what is delivered"),
    ("full", "Full amount"),
]


def intersect_ids(values):
    """Lists of what is permitted, empty meaning everything: what all of them permit."""
    lists = [value for value in values if value]
    if not lists:
        return ()
    permitted = set(lists[0]).intersection(*lists[1:])
    # Nothing in common permits nothing, which an empty list would not say
    return tuple(sorted(permitted)) or (0,)


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    payment_mode = fields.Selection(
        selection=PAYMENT_MODES,
        string="Paid before Shipment",
        default="full",
        required=True,
        tracking=True,
        help="What confirmed money must cover before goods leave to a customer. It works"
        " through the gate 'Payment before shipment' (款到發貨).",
    )
    payment_deposit_percent = fields.Float(
        string="Deposit",
        default=30.0,
        digits=(5, 2),
        tracking=True,
        help="Share of the order, taxes included, to be paid before goods leave.",
    )
    payment_tolerance = fields.Float(
        string="Shortage Tolerated",
        digits=(16, 2),
        tracking=True,
        help="Amount in the company's currency by which the payment may fall short.",
    )
    payment_without_order = fields.Selection(
        selection=[("refuse", "Stopped"), ("allow", "Let pass")],
        string="Goods without an Order",
        default="refuse",
        required=True,
        tracking=True,
        help="Goods that leave to a customer and belong to no sales order of his. Goods without"
        " value (samples) always pass.",
    )
    payment_bank_matched = fields.Boolean(
        string="Only Bank-matched Money",
        tracking=True,
        help="A payment counts only once it is matched with the bank statement.",
    )
    payment_authorized = fields.Boolean(
        string="Authorised Online Payments Count",
        tracking=True,
        help="An online payment that is authorised, but not yet collected, counts too.",
    )
    payment_journal_ids = fields.Many2many(
        comodel_name="account.journal",
        relation="regulation_profile_payment_journal_rel",
        string="Designated Accounts",
        domain="[('type', 'in', ('bank', 'cash', 'credit'))]",
        help="Accounts into which a salesperson may take money. Empty: any (指定賬戶).",
    )

    _payment_deposit_range = models.Constraint(
        "CHECK(payment_deposit_percent >= 0 AND payment_deposit_percent <= 100)",
        "A deposit is a share between 0 and 100 %.",
    )
    _payment_tolerance_positive = models.Constraint(
        "CHECK(payment_tolerance >= 0)", "A tolerance cannot be negative."
    )

    @api.model
    def _strictness(self):
        return super()._strictness() | {
            "payment_mode": strictest_in(*(mode for mode, _label in PAYMENT_MODES)),
            "payment_deposit_percent": strictest_max,
            "payment_tolerance": strictest_min,
            "payment_without_order": strictest_in("allow", "refuse"),
            "payment_bank_matched": strictest_any,
            "payment_authorized": all,
            "payment_journal_ids": intersect_ids,
        }
