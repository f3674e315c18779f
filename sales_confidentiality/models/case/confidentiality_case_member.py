# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.sales_regulation.tools import engine, is_engine

#: who of those on a case writes in its file
EDITORS = ("officer", "investigator")


class ConfidentialityCaseMember(models.Model):
    """Who needs to know of a case, since when, and until when."""

    _name = "confidentiality.case.member"
    _description = "Person on a Case"
    _inherit = ["regulation.sealed"]
    _order = "case_id, id"
    _rec_name = "user_id"

    _sealed_fields = frozenset({"ended_at", "added_by_id"})
    _facts = frozenset({"case_id", "user_id", "role"})

    case_id = fields.Many2one(
        comodel_name="confidentiality.case", required=True, index=True, ondelete="cascade"
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
    )
    role = fields.Selection(
        selection=[
            ("officer", "Confidentiality officer"),
            ("investigator", "Investigator"),
            ("superior", "Superior"),
            ("hr", "Human resources"),
            ("legal", "Legal"),
            ("reader", "Reader"),
        ],
        required=True,
        default="reader",
        help="Officer and investigators write in the file, the others read it and comment.",
    )
    added_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Added by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    ended_at = fields.Datetime(string="Until", readonly=True, copy=False)

    _once = models.UniqueIndex(
        "(case_id, user_id) WHERE ended_at IS NULL", "This person is on the case already."
    )

    # === CONSTRAINT METHODS === #

    @api.constrains("user_id", "case_id")
    def _check_not_reported(self):
        for member in self.sudo():
            if not member.ended_at and member.user_id in member.case_id.reported_ids:
                raise ValidationError(
                    self.env._(
                        "%s is reported in this case and cannot work on it.", member.user_id.name
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        # Rights first: what a constraint says of a case is for those who are on it
        given = self.default_get(["case_id"]).get("case_id")
        self._check_cases({vals.get("case_id", given) for vals in vals_list})
        members = super().create(vals_list)
        members._check_adds()
        return members

    def write(self, vals):
        if self._facts & set(vals):
            raise UserError(
                self.env._("Who is on a case as what is fixed: take him off and add him again.")
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_member(self):
        if not is_engine(self.env):
            raise UserError(self.env._("Who was on a case stays on record: take him off it."))

    @api.model
    def _check_cases(self, ids):
        """Refuse the number of a case that the person is not on as one that does not exist."""
        if self.env.su:
            return
        cases = self.env["confidentiality.case"].browse(filter(None, ids))
        if cases.sudo().exists() != cases or not cases.has_access("read"):
            raise cases._not_on_it()
        for case in cases:
            case._check_editor()

    def _check_adds(self):
        """Who writes in the file decides who needs to know; nobody adds himself."""
        if self.env.su:
            return
        for case in self.case_id:
            case._check_editor()
        if self.env.user in self.user_id:
            raise AccessError(self.env._("Nobody adds himself to a case."))

    # === ACTION METHODS === #

    def action_end(self):
        """Take these people off the case: they read nothing of it any more."""
        self.check_access("read")
        for case in self.case_id:
            case._check_editor()
        self._end()
        return True

    # === BUSINESS METHODS === #

    def _end(self):
        """What a person had of a case goes with his place on it: tasks, copies of messages."""
        running = self.sudo().filtered(lambda member: not member.ended_at)
        for case, members in running.grouped("case_id").items():
            case._forget_people(members.user_id)
        engine(running).write({"ended_at": fields.Datetime.now()})
