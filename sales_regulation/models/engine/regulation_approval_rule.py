# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

APPROVER_TYPES = [
    ("role", "Role"),
    ("manager", "Superior"),
    ("team_leader", "Sales team leader"),
    ("user", "Named person"),
    ("everyone", "Everybody covered"),
]


class RegulationApprovalRule(models.Model):
    """A step of an approval, as the profile orders it."""

    _name = "regulation.approval.rule"
    _description = "Approval Step of a Profile"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, kind_id, sequence, id"
    _rec_name = "kind_id"

    kind_id = fields.Many2one(
        comodel_name="regulation.approval.kind", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(
        default=10, help="Order of the steps. Steps with the same number are decided side by side."
    )
    name = fields.Char(
        string="Step", translate=True, help="Empty: named after the approver."
    )
    approver_type = fields.Selection(
        selection=APPROVER_TYPES, string="Approver", required=True, default="role"
    )
    role_id = fields.Many2one(comodel_name="regulation.role", ondelete="restrict")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        domain="[('share', '=', False)]",
        ondelete="restrict",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id", string="Currency"
    )
    min_amount = fields.Monetary(
        string="From Amount",
        help="Only from this amount on, in the company's currency. 0: always.",
    )
    min_deviation = fields.Float(
        string="From Deviation (%)",
        digits=(16, 2),
        help="Only from this deviation on, in percent (of price, budget, target). 0: always."
        " With an amount too, either of them calls for the step.",
    )
    days_allowed = fields.Integer(
        string="Working Days",
        help="Working days the approver has, the day it reaches him not counted. 0: no limit.",
    )
    opinion = fields.Selection(
        selection=[("return", "If not approved"), ("always", "Always")],
        default="return",
        required=True,
        help="Whoever returns or refuses always gives his opinion.",
    )
    clause_codes = fields.Char(
        string="Clauses", help="Codes of the clauses that this step carries out, comma separated."
    )

    _conditions = models.Constraint(
        "CHECK(min_amount >= 0 AND min_deviation >= 0 AND days_allowed >= 0)",
        "Amount, deviation and days of an approval step cannot be negative.",
    )

    @api.depends_context("company")
    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    @api.depends("kind_id", "approver_type", "role_id", "user_id")
    def _compute_display_name(self):
        for rule in self:
            rule.display_name = f"{rule.kind_id.name}: {rule._approver_label()}"

    @api.constrains("approver_type", "role_id", "user_id")
    def _check_approver(self):
        for rule in self:
            if rule.approver_type == "role" and not rule.role_id:
                raise ValidationError(self.env._("Name the role that decides this step."))
            if rule.approver_type == "user" and not rule.user_id:
                raise ValidationError(self.env._("Name the person who decides this step."))

    def _approver_label(self):
        self.ensure_one()
        if self.approver_type == "role":
            return self.role_id.name
        if self.approver_type == "user":
            return self.user_id.name
        return dict(self._fields["approver_type"]._description_selection(self.env))[
            self.approver_type
        ]

    def _applies(self, amount, deviation):
        """Whether the step is asked for. An unknown figure asks for it.

        :param amount: in the company's currency, None if the document knows none
        :param deviation: in percent, None if the document knows none
        """
        self.ensure_one()
        if not self.min_amount and not self.min_deviation:
            return True
        by_amount = self.min_amount and (amount is None or amount >= self.min_amount)
        by_deviation = self.min_deviation and (
            deviation is None or deviation >= self.min_deviation
        )
        return bool(by_amount or by_deviation)

    def _prepare_step(self):
        """What a running approval keeps of this rule."""
        self.ensure_one()
        return {
            "sequence": self.sequence,
            "name": self.name or self._approver_label(),
            "approver_type": self.approver_type,
            "role_id": self.role_id.id,
            "candidate_ids": self.user_id.ids if self.approver_type == "user" else [],
            "days_allowed": self.days_allowed,
            "opinion": self.opinion,
            "clause_codes": self.clause_codes,
        }
