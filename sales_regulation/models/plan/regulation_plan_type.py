# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError

from ...tools import period_of, periods_between

#: levels from the top, the finer ones later
LEVELS = ("company", "team", "user")
#: periods from the longest
FREQUENCIES = ("yearly", "quarterly", "monthly")


class RegulationPlanType(models.Model):
    """Which plans a regulation asks for: of what, how long, for whom, under which other plan.

    Who owes one, and until when, says the recurring duty with the same code; who approves it
    the steps of the approval "sales_plan" that name the code (C36, T3).
    """

    _name = "regulation.plan.type"
    _description = "Kind of Plan"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    _code_uniq = models.Constraint(
        "UNIQUE(profile_id, code)", "A regulation has one kind of plan of a code."
    )

    sequence = fields.Integer(default=10)
    code = fields.Char(
        required=True,
        help="The recurring duty and the steps of approval with this code concern it.",
    )
    name = fields.Char(required=True, translate=True)
    frequency = fields.Selection(
        selection=[("yearly", "Year"), ("quarterly", "Quarter"), ("monthly", "Month")],
        string="Period",
        default="monthly",
        required=True,
    )
    level = fields.Selection(
        selection=[("company", "Company"), ("team", "Sales team"), ("user", "Person")],
        default="user",
        required=True,
    )
    parent_code = fields.Char(
        string="Part of",
        help="Code of the kind of plan whose parts these are: by people (teams of the company,"
        " persons of a team) or by time (quarters of a year, months of a quarter).",
    )
    section_ids = fields.Many2many(
        comodel_name="sales.plan.section.kind",
        relation="regulation_plan_type_section_rel",
        string="Sections",
        help="What has to be written in it before it is handed in.",
    )
    indicator_ids = fields.Many2many(
        comodel_name="sales.plan.indicator",
        relation="regulation_plan_type_indicator_rel",
        string="Targets",
        help="The targets that it has to name. Others may be added.",
    )
    checkpoint_frequency = fields.Selection(
        selection=[
            ("weekly", "Every week"),
            ("monthly", "Every month"),
            ("quarterly", "Every quarter"),
            ("end", "At the end"),
        ],
        string="Checkpoints",
        help="When plan and result are compared; always at the end too. Empty: only on the dates"
        " that the plan itself names as milestones.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("level", "frequency", "parent_code", "profile_id")
    def _check_parent(self):
        for kind in self.filtered("parent_code"):
            above = kind._parent_type()
            if not above:
                continue  # named before it is there
            by_people = above.frequency == kind.frequency and LEVELS.index(
                above.level
            ) < LEVELS.index(kind.level)
            by_time = above.level == kind.level and FREQUENCIES.index(
                above.frequency
            ) < FREQUENCIES.index(kind.frequency)
            if not (by_people or by_time):
                raise ValidationError(
                    self.env._(
                        "%(part)s is no part of %(whole)s: a part has a shorter period, or the same"
                        " one for fewer people.",
                        part=kind.name,
                        whole=above.name,
                    )
                )

    # === BUSINESS METHODS === #

    @api.model
    def _of(self, user, company):
        """The kinds of plan in the regulation of this person, in order."""
        Profile = self.env["regulation.profile"]
        if not Profile._regulated_companies():
            return self.browse()
        policy = Profile.sudo()._resolve({0: (company, user, self.env["crm.team"])})[0]
        return self.sudo().search([("profile_id", "in", policy.profile_ids)])

    def _parent_type(self):
        """The kind of which this one is a part."""
        self.ensure_one()
        return self.sudo().profile_id.plan_type_ids.filtered(
            lambda kind: kind.code == self.parent_code and kind != self
        )[:1]

    def _child_types(self):
        """The kinds that are parts of this one."""
        self.ensure_one()
        return self.sudo().profile_id.plan_type_ids.filtered(
            lambda kind: kind.parent_code == self.code and kind != self
        )

    def _broken_down_by_people(self):
        """Whether the regulation has plans of the same period below this one."""
        self.ensure_one()
        return any(kind.frequency == self.frequency for kind in self._child_types())

    def _period(self, day):
        """``(first day, last day)`` of the plan in which ``day`` lies."""
        self.ensure_one()
        return period_of(self.frequency, day)

    def _checkpoint_dates(self, first, last):
        """The days after which a plan of this period is compared with what was reached."""
        self.ensure_one()
        if not self.checkpoint_frequency:
            return []
        dates = {last}
        if self.checkpoint_frequency != "end":
            dates |= {
                end
                for _begin, end in periods_between(self.checkpoint_frequency, first, last)
                if end < last
            }
        return sorted(dates)
