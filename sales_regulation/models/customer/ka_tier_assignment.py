# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models


class KaTierAssignment(models.Model):
    """Which tier a customer has had, from when to when: written by the approved sheet only.

    New and lost key accounts are counted by these dates.
    """

    _name = "ka.tier.assignment"
    _description = "Tier of a Customer"
    _inherit = ["regulation.sealed"]
    _order = "date_from desc, id desc"
    _rec_name = "tier_id"
    _check_company_auto = True

    _append_only = True

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    tier_id = fields.Many2one(
        comodel_name="ka.tier", required=True, readonly=True, ondelete="restrict", index=True
    )
    previous_tier_id = fields.Many2one(
        comodel_name="ka.tier",
        string="Tier before",
        readonly=True,
        ondelete="restrict",
        help="Empty: a new key account.",
    )
    date_from = fields.Date(string="From", required=True, readonly=True)
    date_to = fields.Date(
        string="Until", readonly=True, help="The first day on which it did not hold any more."
    )
    score = fields.Float(digits=(16, 2), readonly=True)
    end_reason = fields.Selection(
        selection=[("changed", "Another tier"), ("lost", "No tier any more")], readonly=True
    )

    _open_uniq = models.UniqueIndex(
        "(company_id, partner_id) WHERE date_to IS NULL",
        "A customer has one tier at a time.",
    )
    _day_idx = models.Index("(partner_id, company_id, date_from)")
