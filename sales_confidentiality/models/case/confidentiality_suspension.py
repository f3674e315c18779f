# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_regulation.tools import engine

_OFFICER = "sales_confidentiality.group_confidentiality_officer"


class ConfidentialitySuspension(models.Model):
    """The clearance of a person rests: he sees nothing confidential, his own records neither.

    A measure at once, not a judgement: grants stay as they are and count again when it is
    lifted. Effective at the person's next request (C56, S4-058).
    """

    _name = "confidentiality.suspension"
    _description = "Suspended Clearance"
    _inherit = ["regulation.sealed"]
    _order = "id desc"
    _rec_name = "user_id"
    _append_only = True

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    case_id = fields.Many2one(
        comodel_name="confidentiality.case",
        readonly=True,
        index=True,
        ondelete="restrict",
        # Audit sees who is suspended, and not that there is a case
        groups=_OFFICER,
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    suspended_at = fields.Datetime(
        string="From", required=True, readonly=True, default=fields.Datetime.now
    )
    suspended_by_id = fields.Many2one(
        comodel_name="res.users", string="Suspended by", required=True, readonly=True
    )
    lifted_at = fields.Datetime(string="Lifted", readonly=True)
    lifted_by_id = fields.Many2one(
        comodel_name="res.users", string="Lifted by", readonly=True
    )

    _running_uniq = models.UniqueIndex(
        "(user_id, case_id) WHERE lifted_at IS NULL", "The clearance is suspended already."
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rows = super().create(vals_list)
        self.env["confidentiality.grant"]._forget()
        return rows

    def write(self, vals):
        self.env["confidentiality.grant"]._forget()
        return super().write(vals)

    # === ACTION METHODS === #

    def action_lift(self):
        """Let the clearance count again; the officer, and not for himself.

        :raise AccessError: for anybody else
        """
        self.check_access("read")
        if not self.env.user.has_group(_OFFICER) or self.env.user in self.sudo().user_id:
            raise AccessError(
                self.env._("The confidentiality officer lifts a suspension, not his own.")
            )
        running = self.sudo().filtered(lambda row: not row.lifted_at)
        if not running:
            raise UserError(self.env._("It is lifted already."))
        engine(running).write(
            {"lifted_at": fields.Datetime.now(), "lifted_by_id": self.env.uid}
        )
        self.env["regulation.register"]._record(
            "clearance_restored", running, subject_id=lambda row: row.user_id.id
        )
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _suspend(self, users, company, case=None):
        """Suspend the clearance of these people; who is suspended for the case stays so."""
        case = case or self.env["confidentiality.case"]
        known = self.sudo().search(
            [
                ("user_id", "in", users.ids),
                ("case_id", "=", case.id),
                ("lifted_at", "=", False),
            ]
        )
        rows = engine(self.sudo()).create(
            [
                {
                    "user_id": user.id,
                    "case_id": case.id,
                    "company_id": company.id,
                    "suspended_by_id": self.env.uid,
                }
                for user in users - known.user_id
            ]
        )
        # The register does not say for which case: its readers are not on it
        self.env["regulation.register"]._record(
            "clearance_suspended", rows, subject_id=lambda row: row.user_id.id
        )
        return rows.with_env(self.env)
