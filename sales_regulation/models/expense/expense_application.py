# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import engine

COUNTED = ("submitted", "approved", "closed")


class ExpenseApplication(models.Model):
    """What somebody wants to spend, before he spends it (C34, S0-62).

    Approved by the kind "expense_application". From then on it reserves its amount on the
    budget, until its claims are paid and it is closed.
    """

    _name = "expense.application"
    _description = "Expense Application"
    _inherit = [
        "regulation.submittable",
        "regulation.checked",
        "regulation.gated",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {"name", "state", "budget_line_id", "approved_at", "exception_reason", "closed_at"}
    )
    _gate_stage_order = ("submit", "approve")
    _approval_kinds = frozenset({"expense_application"})
    _approval_content_fields = (
        "employee_id",
        "company_id",
        "purpose",
        "amount",
        "category_id",
        "date",
        "partner_id",
        "opportunity_id",
        "after_the_fact",
    )

    _amount_positive = models.Constraint(
        "CHECK(amount > 0)", "The amount applied for is greater than zero."
    )

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    employee_id = fields.Many2one(
        comodel_name="hr.employee",
        required=True,
        default=lambda self: self.env.user.employee_id,
        check_company=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    purpose = fields.Text(required=True, help="What for, and what it is to bring.")
    date = fields.Date(
        string="Planned on",
        required=True,
        default=fields.Date.context_today,
        help="Its year, or month, is the one of the budget.",
    )
    category_id = fields.Many2one(
        comodel_name="sales.budget.category",
        required=True,
        ondelete="restrict",
        check_company=True,
        index=True,
    )
    amount = fields.Monetary(required=True, tracking=True, help="At most, tax included.")
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", check_company=True, index="btree_not_null"
    )
    opportunity_id = fields.Many2one(
        comodel_name="crm.lead", check_company=True, index="btree_not_null"
    )
    after_the_fact = fields.Boolean(
        help="The money was spent already, in an emergency. The manager gives the reason when he"
        " approves; such applications are counted."
    )
    exception_reason = fields.Text(
        string="Reason of the Exception", readonly=True, copy=False
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "To approve"),
            ("approved", "Approved"),
            ("closed", "Closed"),
            ("refused", "Refused"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    approved_at = fields.Datetime(readonly=True, copy=False)
    closed_at = fields.Datetime(readonly=True, copy=False)
    budget_line_id = fields.Many2one(
        comodel_name="sales.budget.line",
        string="Budget",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
    )
    claim_ids = fields.One2many(
        comodel_name="hr.expense", inverse_name="application_id", string="Claims"
    )
    claimed = fields.Monetary(
        compute="_compute_claimed",
        compute_sudo=True,
        help="Claims submitted or approved, tax included.",
    )
    remaining = fields.Monetary(
        string="Left to Claim", compute="_compute_claimed", compute_sudo=True
    )
    budget_known = fields.Boolean(compute="_compute_budget_left", compute_sudo=True)
    budget_left = fields.Monetary(
        string="Left in the Budget",
        compute="_compute_budget_left",
        compute_sudo=True,
        help="What is neither used nor reserved now.",
    )

    # === COMPUTE METHODS === #

    @api.depends("amount", "state", "claim_ids.approval_state", "claim_ids.total_amount")
    def _compute_claimed(self):
        sums = self._claim_sums()
        for application in self:
            application.claimed = sums.get(application._origin.id, 0.0)
            open_amount = application.amount if application.state == "approved" else 0.0
            application.remaining = max(open_amount - application.claimed, 0.0)

    @api.depends("company_id", "employee_id", "category_id", "partner_id", "date")
    def _compute_budget_left(self):
        lines = self._lines()
        measured = self.env["regulation.commitment"]._measure(
            "expense_budget", {(line.id,) for line in lines.values() if line}
        )
        for application in self:
            line = lines[application]
            application.budget_known = bool(line)
            application.budget_left = measured[line.id,].left if line else 0.0

    # === REGULATION === #

    def _regulation_owners(self):
        self.ensure_one()
        return self._regulation_staff(self.employee_id.sudo().user_id | self.create_uid)

    def _regulation_teams(self):
        self.ensure_one()
        return self.employee_id.sudo().user_id.sale_team_id

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        applications = super().create(vals_list)
        applications._check_applicant()
        sequence = self.env["ir.sequence"].sudo()
        for application in applications:
            engine(application.sudo()).name = sequence.next_by_code("expense.application") or "/"
        return applications

    def write(self, vals):
        result = super().write(vals)
        if "employee_id" in vals:
            self._check_applicant()
        return result

    def _check_applicant(self):
        """Everybody applies for himself."""
        if self.env.uid != api.SUPERUSER_ID and any(
            application.employee_id.sudo().user_id.id != self.env.uid for application in self
        ):
            raise AccessError(self.env._("Everybody applies for his own expenses."))

    # === ACTION METHODS === #

    def action_submit(self):
        """Submit the application.

        :raise UserError: if it exceeds the budget and the regulation refuses that
        """
        self.check_access("write")
        self._check_open()
        self._check_applicant()
        self._gate_pass("submit")
        engine(self.sudo()).write({"state": "submitted"})
        for purpose, applications in self.grouped("purpose").items():
            applications._request_approval("expense_application", purpose)

    def action_close(self):
        """Nothing more is claimed: what is left goes back to the budget.

        Whoever applied closes it, or finance.

        :raise UserError: while a claim is neither paid nor refused
        """
        self.check_access("read")
        if not self.env.user.has_group("sales_regulation.group_regulation_finance"):
            self._check_applicant()
        self.env["regulation.commitment"]._lock(self._lock_keys())
        for application in self:
            if application.state != "approved":
                raise UserError(self.env._("%s is not approved.", application.name))
            waiting = application.sudo().claim_ids.filtered(
                lambda claim: claim.state not in ("draft", "paid", "in_payment", "refused")
            )
            if waiting:
                raise UserError(
                    self.env._(
                        "%(name)s: these claims are not paid yet: %(claims)s",
                        name=application.name,
                        claims=", ".join(waiting.mapped("name")),
                    )
                )
        engine(self.sudo()).write({"state": "closed", "closed_at": fields.Datetime.now()})

    def action_claim(self):
        """Open a new claim of this application."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Claim"),
            "res_model": "hr.expense",
            "view_mode": "form",
            "context": {
                "default_application_id": self.id,
                "default_employee_id": self.employee_id.id,
                "default_company_id": self.company_id.id,
                "default_product_id": self.sudo().category_id.product_ids[:1].id,
                "default_name": self.purpose.split("\n")[0][:64],
            },
        }

    def action_open_claims(self):
        """The claims of this application."""
        self.ensure_one()
        domain = [("application_id", "=", self.id)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Claims"),
            "res_model": "hr.expense",
            "view_mode": "list,kanban,form",
            "mobile_view_mode": "kanban",
            "domain": domain,
        }

    def action_open_budget(self):
        """The line on which this is counted, and how far it is used."""
        return self.budget_line_id._open()

    # === GATE === #

    def _gate_stages(self):
        return {"submit": self.filtered(lambda application: application.state == "draft")}

    def _gate_expense_budget(self, policies, **facts):
        """What is applied for fits into the budget (S0-63)."""
        judged = self.filtered(
            lambda application: facts.get("granting")
            or policies[application.id].get("expense_over_budget") != "return"
        )
        wanted = {
            application: (line, application.amount)
            for application, line in judged._lines().items()
        }
        return self.env["hr.expense"]._budget_refusals(wanted)

    def _release_content(self):
        return self._approval_content("expense_application")

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            application.id: {
                "employee": application.employee_id,
                "company": application.company_id,
                "purpose": application.purpose,
                "amount": application.amount,
                "category": application.category_id,
                "date": application.date,
                "customer": application.partner_id,
                "opportunity": application.opportunity_id,
                "after": application.after_the_fact,
            }
            for application in self
        }

    def _approval_facts(self, kind):
        """What one person applies for within some days counts together."""
        policies = self._regulation_policies()
        days = {app: policies[app.id].get("expense_split_days") or 0 for app in self}
        near = self.sudo().search(
            [
                ("employee_id", "in", self.employee_id.ids),
                ("category_id", "in", self.category_id.ids),
                ("state", "in", COUNTED),
                ("date", ">=", min(app.date - timedelta(days=days[app]) for app in self)),
                ("date", "<=", max(app.date + timedelta(days=days[app]) for app in self)),
            ]
        )
        return {
            app.id: {
                "amount": app.amount
                + sum(
                    other.amount
                    for other in near
                    if other != app
                    and other.employee_id == app.employee_id
                    and other.company_id == app.company_id
                    and other.category_id == app.category_id
                    and abs((other.date - app.date).days) <= days[app]
                ),
                "currency": app.currency_id,
            }
            for app in self
        }

    def _approval_steps(self, kind, facts):
        """Who approves spending after the fact says why."""
        steps = super()._approval_steps(kind, facts)
        for application in self.filtered("after_the_fact"):
            steps[application.id] = [
                {**step, "opinion": "always"} if number == 0 else step
                for number, step in enumerate(steps[application.id])
            ]
        return steps

    def _approval_submit_check(self, kind):
        if any(application.state != "submitted" for application in self):
            raise UserError(self.env._("Submit the application with its own button."))

    def _checklist_kinds(self):
        return {"expense_application": self}

    def _approval_check(self, approval, verdict):
        """Finance decides last: what it has to look at is ticked by then."""
        if verdict == "approved" and not approval.step_ids.filtered(
            lambda step: step.state == "waiting"
        ):
            self._checklist_require("expense_application")

    def _approval_granted(self, approval):
        waiting = self.filtered(lambda application: application.state == "submitted")
        lines = waiting._lines()
        self.env["regulation.commitment"]._lock(
            [
                ("expense_budget", line.id)
                for line in self.env["sales.budget.line"].union(*lines.values())
            ]
        )
        waiting._gate_pass("approve", granting=True)
        for application in waiting:
            opinion = approval.decision_ids.filtered("opinion").sorted("id")[:1].opinion
            engine(application).write(
                {
                    "state": "approved",
                    "approved_at": fields.Datetime.now(),
                    "budget_line_id": lines[application].id,
                    "exception_reason": opinion if application.after_the_fact else False,
                }
            )

    def _approval_summary(self, approval):
        self.ensure_one()
        _ = self.env._
        rows = [
            (_("Employee"), self.employee_id.name),
            (_("Category"), self.category_id.name),
            (_("Amount"), self._gate_money(self.amount, self.currency_id)),
            (_("Purpose"), self.purpose),
            (_("Customer"), self.partner_id.name or ""),
        ]
        if self.budget_known:
            rows.append(
                (_("Left in the Budget"), self._gate_money(self.budget_left, self.currency_id))
            )
        if self.after_the_fact:
            count = self.sudo().search_count(
                [
                    ("employee_id", "=", self.employee_id.id),
                    ("after_the_fact", "=", True),
                    ("state", "in", COUNTED),
                    ("date", ">=", self.date.replace(month=1, day=1)),
                ]
            )
            rows.append((_("After the fact, this year"), str(count)))
        return Markup("<table class='table table-sm'>%s</table>") % Markup("").join(
            Markup("<tr><td>%s</td><td>%s</td></tr>") % row for row in rows
        )

    # === BUSINESS METHODS === #

    def _lines(self):
        """``{application: budget line}``."""
        return self.env["sales.budget.line"]._find(
            {
                application: (
                    application.company_id,
                    application.employee_id,
                    application.category_id,
                    application.partner_id,
                    application.date,
                )
                for application in self
            }
        )

    def _lock_keys(self):
        return [("expense_application", application.id) for application in self]

    def _claim_sums(self, without=()):
        """``{id: amount}`` of the claims submitted or approved, in company currency."""
        return {
            application.id: amount
            for application, amount in self.env["hr.expense"]
            .sudo()
            ._read_group(
                [
                    ("application_id", "in", self._origin.ids),
                    ("approval_state", "in", ("submitted", "approved")),
                    ("id", "not in", list(without)),
                ],
                ["application_id"],
                ["total_amount:sum"],
            )
        }
