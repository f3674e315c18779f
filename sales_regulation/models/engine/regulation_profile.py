# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import html2plaintext

from ...tools import Policy, engine
from ...tools.policy import strictest_any, strictest_in, strictest_min, union_ids
from ..policy.regulation_profile import _NOWHERE


class RegulationProfile(models.Model):
    """Approval steps and checklists of a regulation, and its acknowledgement.

    Publishing asks everybody covered to confirm that he has read it: an approval with one
    step per person, bound to the fingerprint of the text (C01).
    """

    _name = "regulation.profile"
    _inherit = ["regulation.profile", "regulation.approvable"]

    approval_rule_ids = fields.One2many(
        comodel_name="regulation.approval.rule",
        inverse_name="profile_id",
        string="Approval Steps",
        copy=True,
    )
    checklist_item_ids = fields.One2many(
        comodel_name="regulation.checklist.item",
        inverse_name="profile_id",
        string="Checklists",
        copy=True,
    )
    approval_tolerance = fields.Float(
        string="Tolerance of Approvals (%)",
        digits=(16, 2),
        help="An approval still counts when nothing but the amount changed, by this much at"
        " most, on documents that know such a tolerance. 0: every change voids it.",
    )
    approval_resume = fields.Selection(
        selection=[
            ("first", "At the first step"),
            ("refusing_step", "At the step that sent it back"),
        ],
        string="Submitted Again, It Starts",
        default="first",
        required=True,
    )
    acknowledgement = fields.Boolean(
        string="Ask for Acknowledgement",
        default=True,
        help="Publishing asks everybody covered to confirm that he has read it (確認閱讀).",
    )
    acknowledgement_days = fields.Integer(
        string="Acknowledge within", default=2, help="Working days; then reminders follow."
    )
    work_list_start = fields.Boolean(
        string="Start with the Work List",
        default=True,
        help="From the publication on, people who hold a role see what waits for them when they"
        " log in, unless they chose another page.",
    )
    reminder_days = fields.Integer(
        string="Remind Every",
        default=1,
        help="Days between two reminders of an overdue decision or acknowledgement. 0: never.",
    )
    acknowledgement_id = fields.Many2one(
        comodel_name="regulation.approval",
        compute="_compute_acknowledgement",
        string="Acknowledgements",
        compute_sudo=True,
    )
    acknowledgement_rate = fields.Float(
        compute="_compute_acknowledgement",
        string="Acknowledged (%)",
        digits=(16, 1),
        compute_sudo=True,
    )
    acknowledgement_reminders = fields.Integer(
        compute="_compute_acknowledgement", string="Reminders", compute_sudo=True
    )
    acknowledgement_mine = fields.Boolean(
        compute="_compute_acknowledgement_mine", string="To Be Acknowledged by Me"
    )

    _non_negative = models.Constraint(
        "CHECK(approval_tolerance >= 0 AND acknowledgement_days >= 0 AND reminder_days >= 0)",
        "Tolerance and days cannot be negative.",
    )

    # === COMPUTE METHODS === #

    def _compute_acknowledgement(self):
        approvals = self._acknowledgements()
        reminders = dict(
            self.env["regulation.approval.step"]._read_group(
                [("approval_id", "in", approvals.ids)], ["approval_id"], ["reminder_count:sum"]
            )
        )
        latest = {}
        for approval in approvals:
            latest.setdefault(approval.res_id, approval)
        for profile in self:
            approval = latest.get(profile.id, approvals.browse())
            profile.acknowledgement_id = approval
            profile.acknowledgement_rate = approval.done_rate
            profile.acknowledgement_reminders = reminders.get(approval, 0)

    @api.depends_context("uid")
    def _compute_acknowledgement_mine(self):
        mine = self._acknowledgements().filtered("can_decide").mapped("res_id")
        for profile in self:
            profile.acknowledgement_mine = profile.id in mine

    def _acknowledgements(self):
        """Acknowledgements of these profiles that run or are complete, the latest first."""
        return (
            self.env["regulation.approval"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("kind_id.code", "=", "acknowledge"),
                    ("state", "in", ("pending", "approved")),
                ],
                order="id desc",
            )
        )

    # === SETTINGS === #

    @api.model
    def _strictness(self):
        return {
            **super()._strictness(),
            "approval_rule_ids": union_ids,
            "checklist_item_ids": union_ids,
            "approval_tolerance": strictest_min,
            "approval_resume": strictest_in("refusing_step", "first"),
            "acknowledgement": strictest_any,
        }

    @api.model
    def _settings_fields(self):
        return super()._settings_fields() - {"approval_ids"}

    # === ACTION METHODS === #

    def action_acknowledge(self):
        """Confirm having read it: "I have read it and will keep it"."""
        approvals = self._acknowledgements().filtered(lambda row: row.state == "pending")
        if not approvals:
            raise UserError(self.env._("There is nothing to acknowledge."))
        result = approvals.sudo(False).action_approve()
        self._invalidate_acknowledgement()
        return result

    def action_view_acknowledgement(self):
        """Open who has acknowledged and who has not."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Acknowledgements"),
            "res_model": "regulation.approval",
            "res_id": self.acknowledgement_id.id,
            "view_mode": "form",
        }

    def action_retire(self):
        result = super().action_retire()
        self._end_acknowledgements()
        return result

    # === ACKNOWLEDGEMENT === #

    def _after_publish(self):
        super()._after_publish()
        self.previous_id._end_acknowledgements()
        todo = self.filtered(
            lambda profile: profile.acknowledgement and not profile.acknowledgement_id
        )
        for profile in todo:
            if profile._covered_users():
                profile._request_approval("acknowledge")
        self._invalidate_acknowledgement()
        starting = self.sudo().filtered("work_list_start").assignment_ids.company_id
        self.env["regulation.work.queue"]._become_start_page(starting)

    def _invalidate_acknowledgement(self):
        """What is computed from the approvals is read anew."""
        self.invalidate_recordset(
            [
                name
                for name, field in self._fields.items()
                if name.startswith("acknowledgement_") and field.compute
            ],
            flush=False,
        )

    def _end_acknowledgements(self):
        pending = self._acknowledgements().filtered(lambda row: row.state == "pending")
        if pending:
            pending._lock()
            pending._end("withdrawn", "withdrawn")
        self._invalidate_acknowledgement()

    def _covered_users(self):
        """Employees for whom this is the regulation, on the day it begins or today.

        A constant number of queries.
        """
        self.ensure_one()
        companies = self.env["res.company"].sudo().search(
            [("id", "child_of", self.assignment_ids.company_id.ids)]
        )
        users = (
            self.env["res.users"]
            .sudo()
            .search(
                [
                    ("share", "=", False),
                    ("company_ids", "in", companies.ids),
                    ("id", "!=", api.SUPERUSER_ID),
                ]
            )
        )
        places = self._places_of(users)
        covered = users.browse()
        for company in companies:
            day = max(company._regulation_today(), self.date_from or company._regulation_today())
            lines = self._assignments_on(company.id, day)
            if not any(line[0] == self.id for line in lines):
                continue
            covered |= users.filtered(
                lambda user, company=company, lines=lines: company in user.company_ids
                and self.id
                in self._most_specific(
                    lines, places.get((user.id, company.root_id.id), _NOWHERE)
                )
            )
        return covered

    def _follow_covered_users(self):
        """Ask who is covered since the publication; ask those no more who left."""
        for profile in self.filtered("acknowledgement_id"):
            approval = profile.acknowledgement_id
            steps = approval.step_ids.filtered(lambda step: step.state != "cancelled")
            covered = profile._covered_users()
            gone = steps.filtered(
                lambda step, covered=covered: step.state in ("waiting", "pending")
                and not step.candidate_ids & covered
            )
            engine(gone).write({"state": "cancelled"})
            if new := covered - steps.candidate_ids:
                if approval.state == "approved":
                    engine(approval).write({"state": "pending", "decided_at": False})
                values = profile._approval_steps("acknowledge", {})[profile.id][0]
                added = engine(self.env["regulation.approval.step"].sudo()).create(
                    [
                        {
                            **values,
                            "approval_id": approval.id,
                            "candidate_ids": [Command.set(user.ids)],
                            "user_ids": [Command.set(user.ids)],
                        }
                        for user in new
                    ]
                )
                self.env["regulation.approval.step"].sudo().browse(added.ids)._open()
            approval._go_on()

    # === DOCUMENT UNDER APPROVAL === #

    def _regulation_company(self):
        self.ensure_one()
        return self.assignment_ids.company_id[:1] or self.env.company

    def _regulation_owners(self):
        return self.env["res.users"]

    def _regulation_teams(self):
        return self.env["crm.team"]

    def _regulation_policies(self):
        """A regulation is acknowledged by its own rules."""
        strictness = self._strictness()
        return {
            profile.id: Policy([self._snapshot(profile.id)], strictness) for profile in self
        }

    def _approval_submit_check(self, kind):
        super()._approval_submit_check(kind)
        if kind == "acknowledge" and any(row.state not in ("trial", "active") for row in self):
            raise AccessError(self.env._("Publish the regulation first."))

    def _approval_steps(self, kind, facts):
        if kind != "acknowledge":
            return super()._approval_steps(kind, facts)
        return {
            profile.id: [
                {
                    "sequence": 10,
                    "name": self.env._("I have read it and will keep it"),
                    "approver_type": "everyone",
                    "days_allowed": profile.acknowledgement_days,
                    "opinion": "return",
                }
            ]
            for profile in self
        }

    def _approval_content(self, kind):
        """The text and the figures, in the source language."""
        names = [
            name
            for name in self._settings_fields()
            if self._fields[name].type not in ("one2many", "many2many", "html")
        ]
        contents = {}
        for profile in self.with_context(lang="en_US"):
            contents[profile.id] = {
                **{name: profile[name] for name in names},
                "statement": html2plaintext(profile.statement or ""),
            }
        return contents

    def _approval_summary(self, approval):
        return self.statement or super()._approval_summary(approval)
