# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import engine
from .dispatch_receipt_line import CAUSES


class DispatchObjection(models.Model):
    """The customer objects to a delivery: whose task it is, until when, and how it ended.

    Made by the receipt, or later when a defect shows. The clock and the task of the role
    come from the regulation (deadline and event ``dispatch_objection``).
    """

    _name = "dispatch.objection"
    _description = "Delivery Objection"
    _inherit = [
        "regulation.sealed",
        "regulation.protected",
        "regulation.scored",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _mail_post_access = "read"

    #: nobody makes or changes one by hand: the endpoints below and the notice do
    _append_only = True

    notice_id = fields.Many2one(
        comodel_name="dispatch.notice",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    receipt_id = fields.Many2one(
        comodel_name="dispatch.receipt", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    order_id = fields.Many2one(related="notice_id.order_id")
    ship_name = fields.Char(related="notice_id.ship_name")
    line_ids = fields.One2many(related="receipt_id.line_ids", string="Quantities")
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    cause = fields.Selection(selection=CAUSES, required=True, readonly=True, index=True)
    description = fields.Text(readonly=True)
    raised_on = fields.Date(required=True, readonly=True, help="When the customer objected.")
    after_limit = fields.Boolean(
        string="After the Time Limit",
        readonly=True,
        help="Raised later than the regulation gives the customer after the receipt (異議期).",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    due_at = fields.Datetime(string="Due", readonly=True)
    state = fields.Selection(
        selection=[("open", "Open"), ("solved", "Solved"), ("void", "Void")],
        default="open",
        required=True,
        readonly=True,
        index=True,
        help="Void: the receipt it came from was corrected.",
    )
    result = fields.Selection(
        selection=[
            ("replaced", "Delivered again"),
            ("returned", "Taken back"),
            ("credited", "Credited"),
            ("unjustified", "Not justified"),
            ("other", "Settled otherwise"),
        ],
        readonly=True,
    )
    solution = fields.Text(readonly=True)
    solved_at = fields.Datetime(readonly=True)
    solved_by_id = fields.Many2one(comodel_name="res.users", readonly=True, ondelete="restrict")
    task_ids = fields.Many2many(
        comodel_name="mail.activity",
        string="Tasks",
        readonly=True,
        help="Made on the notice when the customer objected; they go when it is solved.",
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late", string="Overdue")

    _worklist_idx = models.Index("(company_id, state)")

    # === COMPUTE METHODS === #

    @api.depends("notice_id", "cause")
    @api.depends_context("lang")
    def _compute_display_name(self):
        causes = dict(self._fields["cause"]._description_selection(self.env))
        for objection in self:
            objection.display_name = (
                f"{objection.notice_id.sudo().name or ''}: {causes.get(objection.cause, '')}"
            )

    @api.depends("due_at", "state")
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for objection in self:
            objection.is_late = bool(
                objection.state == "open" and objection.due_at and objection.due_at < now
            )

    def _search_is_late(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return [("state", "=", "open"), ("due_at", "<", fields.Datetime.now())]

    # === ACTION METHODS === #

    def action_solve(self, result, solution):
        """Close the objection.

        :param str result: replaced, returned, credited, unjustified or other
        :param str solution: what was agreed with the customer
        :raise AccessError: unless the caller holds the role or is the one responsible
        """
        self.check_access("read")
        self._check_may_solve()
        solution = str(solution or "").strip()
        if result not in self._fields["result"].get_values(self.env):
            raise UserError(self.env._("Say how the objection ended."))
        if not solution:
            raise UserError(self.env._("Say what was agreed with the customer."))
        if any(objection.state != "open" for objection in self):
            raise UserError(self.env._("This objection is closed already."))
        self._close(state="solved", result=result, solution=solution)

    def action_open_solve(self):
        """Ask how the objection ended."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Solve"),
            "res_model": "dispatch.objection.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_objection_id": self.id},
        }

    def action_open_notice(self):
        """Open the dispatch notice."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "dispatch.notice",
            "res_id": self.notice_id.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    def _check_may_solve(self):
        notices = self.notice_id.sudo()
        policies = notices._regulation_policies()
        for objection in self:
            if objection.user_id == self.env.user:
                continue
            roles = (
                self.env["regulation.role"]
                .sudo()
                .browse(policies[objection.notice_id.id].get("dispatch_objection_role_ids") or ())
            )
            if not roles or not roles._held_by(self.env.user, objection.company_id):
                raise AccessError(
                    self.env._(
                        "%(objection)s is settled by %(user)s, or by: %(roles)s.",
                        objection=objection.display_name,
                        user=objection.user_id.sudo().name or "-",
                        roles=", ".join(roles.mapped("name")) or "-",
                    )
                )

    def _sentence(self):
        """What the customer refused or misses, for people who look at the order."""
        self.ensure_one()
        _ = self.env._
        parts = [
            _(
                "%(product)s: %(refused)s refused, %(missing)s missing",
                product=line.product_id.display_name,
                refused=f"{line.refused_qty:g}",
                missing=f"{line.missing_qty:g}",
            )
            for line in self.receipt_id.line_ids
        ]
        parts += [self.description] if self.description else []
        if not parts:
            return self.display_name
        return f"{self.display_name}. {'; '.join(parts)}"

    def _close(self, **values):
        objections = self.sudo()
        engine(objections).write(
            {**values, "solved_at": fields.Datetime.now(), "solved_by_id": self.env.uid}
        )
        Deadline = self.env["regulation.deadline"]
        if values["state"] == "void":
            Deadline._cancel(objections, "dispatch_objection")
        else:
            Deadline._done(objections, "dispatch_objection")
        objections.task_ids.unlink()
        objections.notice_id._judge_delivery()

    @api.model
    def _open(self, notice, values):
        """A new objection to the delivery of a notice, on the desk of whoever is responsible."""
        policies = notice._regulation_policies()
        policy = policies[notice.id]
        roles = (
            self.env["regulation.role"]
            .sudo()
            .browse(policy.get("dispatch_objection_role_ids") or ())
        )
        responsible = roles._holders(notice.company_id)[:1] if roles else self.env["res.users"]
        responsible = responsible or notice.issued_by_id or notice.applicant_id
        days = policy.get("dispatch_objection_days")
        objection = engine(self.sudo()).create(
            {
                "notice_id": notice.id,
                "company_id": notice.company_id.id,
                "user_id": responsible.id,
                "after_limit": bool(
                    days
                    and notice.signed_on
                    and (values["raised_on"] - notice.signed_on).days > days
                ),
                **values,
            }
        )
        # The token stays here
        objection = objection.with_env(self.sudo().env)
        own = {objection.id: policy}
        clock = self.env["regulation.deadline"]._start(
            objection,
            "dispatch_objection",
            user=lambda objection: objection.user_id,
            policies=own,
        )
        if clock:
            engine(objection).write({"due_at": clock.due_at})
        self.env["regulation.handover"]._queue("dispatch_objection", objection, policies=own)
        self.env["regulation.register"]._record(
            "objection",
            objection,
            code=objection.cause,
            company_id=notice.company_id.id,
            profile_id=policy.profile_id,
            subject_id=notice.shipped_by_id.id,
        )
        engine(objection).write({"task_ids": [fields.Command.set(objection._tell().ids)]})
        return objection

    def _tell(self):
        """Whoever is responsible, handles the order or sold it hears of the objection."""
        self.ensure_one()
        notice = self.notice_id
        tasks = self.env["mail.activity"]
        for user in self.user_id | notice.issued_by_id | notice.order_id.user_id:
            tasks |= notice.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=self.env._("The customer objects to the delivery"),
            )
        return tasks
