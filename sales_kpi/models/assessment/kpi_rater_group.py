# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import plain, to_number

KINDS = [
    ("self", "Himself"),
    ("superior", "Superior"),
    ("upward", "His people"),
    ("peer", "Colleagues"),
    ("customer", "Customers"),
    ("hr", "Human resources"),
]
#: who stays anonymous: to the person, to his superiors, to human resources
ANONYMOUS = frozenset({"upward", "peer", "customer"})
#: with fewer answers an anonymous group would tell who said what
LEAST = 3


class KpiRaterGroup(models.Model):
    """Who rates the people of a role, with which weight and until when (C44, K3)."""

    _name = "kpi.rater.group"
    _description = "Raters"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    _figures = models.Constraint(
        "CHECK(weight BETWEEN 0 AND 100 AND days > 0 AND most >= 0)",
        "Weights are 0 to 100; raters have at least one working day.",
    )

    sequence = fields.Integer(default=10)
    kind = fields.Selection(selection=KINDS, string="Who rates", required=True)
    role_id = fields.Many2one(
        comodel_name="regulation.role",
        string="People of Role",
        ondelete="restrict",
        index=True,
        help="Whom they rate. Empty: everybody who is scored.",
    )
    weight = fields.Float(
        string="Weight (%)",
        digits=(16, 2),
        help="Of the qualitative assessment; a group without data leaves its weight to the others."
        " 0: shown, not counted.",
    )
    days = fields.Integer(
        string="Working Days", default=5, required=True, help="After the period, until when they rate."
    )
    least = fields.Integer(
        string="Least Answers",
        default=1,
        help="With fewer the group is neither shown nor counted. Of anonymous groups at least 3.",
    )
    most = fields.Integer(
        string="At Most",
        default=5,
        help="Of customers: how many are asked about a person, those who ordered last.",
    )

    criterion_ids = fields.One2many(
        comodel_name="kpi.rater.criterion",
        inverse_name="group_id",
        string="Criteria",
        copy=True,
        help="For each of which they give a figure. Empty: one figure for all.",
    )
    criteria_total = fields.Float(
        string="Sum of Criteria", compute="_compute_criteria_total", digits=(16, 2)
    )

    @api.depends("criterion_ids.weight")
    def _compute_criteria_total(self):
        for group in self:
            group.criteria_total = sum(group.criterion_ids.mapped("weight"))

    def _check_criteria(self):
        """Raise UserError for criteria whose weights are not 100."""
        for group in self.filtered("criterion_ids"):
            total = sum(to_number(one.weight) for one in group.criterion_ids)
            if total != 100:
                raise UserError(
                    self.env._(
                        "The weights of the criteria of %(raters)s add up to %(sum)s, not to 100.",
                        raters=group.display_name,
                        sum=plain(total),
                    )
                )

    @api.constrains("least", "kind")
    def _check_least(self):
        for group in self:
            if group.kind in ANONYMOUS and group.least < LEAST:
                raise ValidationError(
                    self.env._(
                        "Answers of %(kind)s are anonymous: fewer than %(least)s would tell who gave them.",
                        kind=dict(self._fields["kind"]._description_selection(self.env))[group.kind],
                        least=LEAST,
                    )
                )

    @api.depends("kind", "role_id")
    def _compute_display_name(self):
        kinds = dict(self._fields["kind"]._description_selection(self.env))
        for group in self:
            role = f" ({group.role_id.name})" if group.role_id else ""
            group.display_name = f"{kinds.get(group.kind, '')}{role}"
