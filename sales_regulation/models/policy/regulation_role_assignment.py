# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class RegulationRoleAssignment(models.Model):
    _name = "regulation.role.assignment"
    _description = "Role Holder"
    _order = "role_id, company_id, date_from desc, id"
    _check_company_auto = True

    _user_or_job = models.Constraint(
        "CHECK((user_id IS NULL) <> (job_id IS NULL))",
        "A role is held by a person or by a job, one of the two.",
    )
    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "A role cannot end before it begins."
    )

    role_id = fields.Many2one(
        comodel_name="regulation.role", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        index="btree_not_null",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
        ondelete="restrict",
    )
    job_id = fields.Many2one(
        comodel_name="hr.job", check_company=True, index="btree_not_null", ondelete="restrict"
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Only for Team",
        check_company=True,
        ondelete="restrict",
        help="Empty: for the whole company.",
    )
    date_from = fields.Date(required=True, default=fields.Date.context_today)
    date_to = fields.Date(string="Until")

    @api.depends("role_id", "user_id", "job_id")
    def _compute_display_name(self):
        for assignment in self:
            holder = assignment.user_id.name or assignment.job_id.name
            assignment.display_name = f"{assignment.role_id.name}: {holder}"

    @api.constrains("user_id", "company_id")
    def _check_user_company(self):
        for assignment in self.filtered("user_id"):
            if assignment.company_id not in assignment.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s.",
                        user=assignment.user_id.name,
                        company=assignment.company_id.name,
                    )
                )

    @api.model_create_multi
    def create(self, vals_list):
        assignments = super().create(vals_list)
        assignments._record_change("role_granted")
        return assignments

    def write(self, vals):
        result = super().write(vals)
        self._record_change("role_ended" if vals.get("date_to") else "role_granted")
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_record_change(self):
        self._record_change("role_ended")

    def _record_change(self, event):
        self.env["regulation.register"]._record(
            event,
            self,
            code=lambda row: row.role_id.code,
            subject_id=lambda row: row.user_id.id,
        )
