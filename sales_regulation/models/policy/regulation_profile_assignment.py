# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError

from ...tools import is_engine


class RegulationProfileAssignment(models.Model):
    """Whom a profile covers: company > sales team > department > job, the most specific wins.

    (S0-01, S1-02, S3-01, S4-001, S4-021, S4-044, S4-323)
    """

    _name = "regulation.profile.assignment"
    _description = "Profile Assignment"
    _order = "company_id, id"
    _check_company_auto = True

    _one_place = models.Constraint(
        "CHECK(num_nonnulls(team_id, department_id, job_id) <= 1)",
        "An assignment names a team, a department or a job, one of them.",
    )

    profile_id = fields.Many2one(
        comodel_name="regulation.profile", required=True, ondelete="cascade", index=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
        ondelete="restrict",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales Team", check_company=True, ondelete="restrict"
    )
    department_id = fields.Many2one(
        comodel_name="hr.department", check_company=True, ondelete="restrict"
    )
    job_id = fields.Many2one(comodel_name="hr.job", check_company=True, ondelete="restrict")

    @api.depends("company_id", "team_id", "department_id", "job_id")
    def _compute_display_name(self):
        for assignment in self:
            place = assignment.job_id or assignment.department_id or assignment.team_id
            assignment.display_name = (
                f"{assignment.company_id.name} / {place.display_name}"
                if place
                else assignment.company_id.name
            )

    @api.model_create_multi
    def create(self, vals_list):
        assignments = super().create(vals_list)
        assignments._guard_in_force()
        return assignments

    def write(self, vals):
        self._guard_in_force()
        result = super().write(vals)
        self._guard_in_force()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_guard(self):
        self._guard_in_force()

    def _guard_in_force(self):
        """Extending or ending the reach of a profile in force is the director's (S0-23)."""
        in_force = self.profile_id.filtered(lambda profile: profile.state in ("trial", "active"))
        if in_force and not is_engine(self.env):
            director = self.env["regulation.role"]._code("director")
            for company in self.company_id:
                if not director._held_by(self.env.user, company):
                    raise AccessError(
                        self.env._(
                            "Only the director of %(company)s decides whom a regulation in"
                            " force covers.",
                            company=company.name,
                        )
                    )
        self.profile_id._clear_policy_cache()

    def _place(self):
        """``(kind, id)`` of what is covered."""
        self.ensure_one()
        for kind, place in (
            ("job", self.job_id),
            ("department", self.department_id),
            ("team", self.team_id),
        ):
            if place:
                return kind, place.id
        return "company", self.company_id.id
