# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.sales_regulation.tools import Refusal, engine, is_engine, judging

GATE = "leaver_checkout"
_LEFT = "confidentiality.left"


class ConfidentialityCheckout(models.Model):
    """What has to be returned, handed over and ended before somebody leaves (C57, S4-050).

    One list for every way out: the departure wizard, archiving the employee or the user, and a
    date of departure or end of contract that has come. Its items are the checklist
    "checkout" of the regulation; the gate ``leaver_checkout`` says whether they are demanded.
    """

    _name = "confidentiality.checkout"
    _description = "Leaver's Check-out"
    _inherit = [
        "regulation.gated",
        "regulation.checked",
        "regulation.sealed",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "leaving_on desc, id desc"
    _check_company_auto = True
    _mail_post_access = "read"

    _sealed_fields = frozenset(
        {
            "state",
            "statement_text",
            "statement_signed_on",
            "statement_signed_by_id",
            "statement_recorded_by_id",
            "statement_paper",
            "links_ended_at",
            "left_at",
            "left_by_id",
            "handed_over",
        }
    )
    _facts = frozenset({"user_id", "employee_id", "company_id"})
    # The regulation of who leaves, not of who opens the list
    _regulation_owner_fields = ("user_id",)

    employee_id = fields.Many2one(
        comodel_name="hr.employee.public",
        string="Employee",
        index="btree_not_null",
        ondelete="set null",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="User",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    department_id = fields.Many2one(related="employee_id.department_id", string="Department")
    leaving_on = fields.Date(
        string="Last Day", required=True, default=fields.Date.context_today, tracking=True
    )
    successor_id = fields.Many2one(
        comodel_name="res.users",
        string="Successor",
        tracking=True,
        domain="[('share', '=', False)]",
        help="Who takes over customers, leads, contracts, tasks and visits.",
    )
    note = fields.Text()
    state = fields.Selection(
        selection=[("open", "Open"), ("left", "Left"), ("cancelled", "Stays")],
        string="Status",
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    # The signed statement
    statement_text = fields.Html(
        string="Statement",
        readonly=True,
        copy=False,
        compute="_compute_statement_text",
        store=True,
        help="What was or will be signed. Only private copies are deleted; the company's records"
        " stay where they are.",
    )
    statement_signed_on = fields.Date(string="Signed on", readonly=True, copy=False)
    statement_signed_by_id = fields.Many2one(
        comodel_name="res.users", string="Signed by", readonly=True, copy=False
    )
    statement_paper = fields.Binary(
        string="Signed Paper", attachment=True, readonly=True, copy=False
    )
    statement_recorded_by_id = fields.Many2one(
        comodel_name="res.users", string="Paper recorded by", readonly=True, copy=False
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")
    # What is still his
    open_customers = fields.Integer(string="Customers", compute="_compute_open")
    open_leads = fields.Integer(string="Leads", compute="_compute_open")
    open_contracts = fields.Integer(string="Contracts", compute="_compute_open")
    open_tasks = fields.Integer(string="Tasks", compute="_compute_open")
    open_visits = fields.Integer(string="Visits", compute="_compute_open")
    open_access = fields.Integer(string="Keys and Sessions", compute="_compute_open")
    open_grants = fields.Integer(string="Grants", compute="_compute_open")
    missing = fields.Char(string="Still open", compute="_compute_missing", compute_sudo=True)
    is_overdue = fields.Boolean(
        compute="_compute_is_overdue",
        search="_search_is_overdue",
        help="The last day is over and the list is open.",
    )
    handed_over = fields.Integer(string="Handed over", readonly=True, copy=False)
    links_ended_at = fields.Datetime(string="Links ended", readonly=True, copy=False)
    left_at = fields.Datetime(string="Left", readonly=True, copy=False)
    left_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)

    _one_open = models.UniqueIndex(
        "(user_id, company_id) WHERE state = 'open' AND user_id IS NOT NULL",
        "The check-out of this person is open already.",
    )
    _one_open_employee = models.UniqueIndex(
        "(employee_id, company_id) WHERE state = 'open' AND employee_id IS NOT NULL",
        "The check-out of this employee is open already.",
    )
    _somebody = models.Constraint(
        "CHECK(state != 'open' OR user_id IS NOT NULL OR employee_id IS NOT NULL)",
        "A check-out is of an employee or of a user.",
    )

    # === COMPUTE METHODS === #

    @api.depends("employee_id", "user_id")
    def _compute_display_name(self):
        for checkout in self:
            person = checkout.sudo()
            checkout.display_name = person.employee_id.name or person.user_id.name or ""

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for checkout in self:
            checkout.is_mine = checkout.user_id == self.env.user

    # Of the language: see ``res.users``
    @api.depends("employee_id", "user_id", "company_id")
    def _compute_statement_text(self):
        """The text, in the language of who leaves and signs it, fixed when it is signed."""
        for checkout in self:
            if checkout.statement_signed_on:
                continue
            _ = checkout.with_context(lang=checkout._statement_lang()).env._
            checkout.statement_text = Markup("<p>%s</p><p>%s</p>") % (
                _(
                    "I have returned all papers, files and devices of %(company)s that I had, and"
                    " have deleted every copy of its confidential data that I had on private"
                    " devices, storage or accounts.",
                    company=checkout.company_id.name,
                ),
                _(
                    "This concerns private copies only: the company's own records stay complete. My"
                    " duty of secrecy goes on after I have left."
                ),
            )

    def _statement_lang(self):
        """The language of who signs; without a user that of the company."""
        self.ensure_one()
        return self.user_id.lang or self.company_id.partner_id.lang

    @api.depends("user_id", "employee_id", "state")
    def _compute_open(self):
        counts = self._origin.sudo()._count_open()
        for checkout in self:
            for name, number in counts.get(checkout._origin.id, {}).items():
                checkout[f"open_{name}"] = number
            if checkout._origin.id not in counts:
                checkout.update(
                    dict.fromkeys((name for name in self._fields if name.startswith("open_")), 0)
                )

    def _compute_missing(self):
        """What the gate would name, for the list of the check-outs."""
        missing = self._origin._checklist_missing("checkout") if self._origin else {}
        for checkout in self:
            checkout.missing = (
                ", ".join(missing.get(checkout._origin.id, ()))
                if checkout.state == "open"
                else False
            )

    @api.depends("leaving_on", "state")
    def _compute_is_overdue(self):
        today = fields.Date.context_today(self)
        for checkout in self:
            checkout.is_overdue = bool(
                checkout.state == "open" and checkout.leaving_on and checkout.leaving_on < today
            )

    def _search_is_overdue(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return [("state", "=", "open"), ("leaving_on", "<", fields.Date.context_today(self))]

    # === CONSTRAINT METHODS === #

    @api.constrains("user_id", "employee_id", "company_id")
    def _check_one_person(self):
        for checkout in self.sudo():
            theirs = checkout.employee_id.user_id
            if checkout.employee_id and checkout.employee_id.company_id != checkout.company_id:
                raise ValidationError(
                    self.env._("%s works in another company.", checkout.employee_id.name)
                )
            if checkout.employee_id and theirs and theirs != checkout.user_id:
                raise ValidationError(
                    self.env._("The user of %s is another one.", checkout.employee_id.name)
                )

    @api.constrains("successor_id", "user_id")
    def _check_successor(self):
        for checkout in self.sudo().filtered("successor_id"):
            successor = checkout.successor_id
            if successor == checkout.user_id:
                raise ValidationError(self.env._("Nobody is his own successor."))
            if (
                not successor.active
                or successor.share
                or checkout.company_id not in successor.company_ids
            ):
                raise ValidationError(
                    self.env._("%s does not work in this company.", successor.name)
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._complete(vals)
        checkouts = super().create(vals_list)
        if not self.env.su:
            checkouts._check_keeper()
        checkouts._task_keeper()
        return checkouts

    @api.model
    def _complete(self, vals):
        """Employee and user belong together: who names one means the other too."""
        if vals.get("employee_id"):
            employee = self.env["hr.employee"].sudo().browse(vals["employee_id"]).exists()
            vals["user_id"] = employee.user_id.id
            vals["company_id"] = employee.company_id.id or vals.get("company_id")
        elif vals.get("user_id"):
            company = vals.get("company_id") or self.env.company.id
            employee = self.env["hr.employee"].sudo().search(
                [("user_id", "=", vals["user_id"]), ("company_id", "=", company)], limit=1
            )
            vals["employee_id"] = employee.id

    def write(self, vals):
        if self._facts & set(vals):
            raise UserError(self.env._("Whose check-out it is stays: open another one."))
        if not is_engine(self.env):
            # Managers read all lists; whose work passes to whom is for who keeps this one
            self._check_keeper()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_checkout(self):
        raise UserError(self.env._("A check-out is kept: mark that the person stays."))

    # === ACTION METHODS === #

    def action_sign_statement(self):
        """Sign the statement that private copies are deleted, in one's own name (S4-051).

        :raise AccessError: for anybody but who leaves
        """
        self.check_access("read")
        for checkout in self:
            if checkout.user_id != self.env.user:
                raise AccessError(
                    self.env._("Who leaves signs it himself; HR records a signed paper.")
                )
            checkout._check_open()
        engine(self.sudo()).write(
            {
                "statement_signed_on": self.company_id[:1]._regulation_today(),
                "statement_signed_by_id": self.env.uid,
            }
        )
        return True

    def action_record_statement(self, paper):
        """Keep the statement that was signed on paper; human resources (S4-051).

        :param str paper: the scan, base64
        """
        self.ensure_one()
        self._check_keeper()
        self._check_open()
        if not isinstance(paper, str) or not paper.strip():
            raise UserError(self.env._("Attach the signed paper."))
        if self.user_id == self.env.user:
            raise AccessError(self.env._("Nobody records his own paper: sign here instead."))
        engine(self.sudo()).write(
            {
                "statement_paper": paper,
                "statement_signed_on": self.company_id[:1]._regulation_today(),
                "statement_recorded_by_id": self.env.uid,
            }
        )
        return True

    def action_open_paper(self):
        """Open the dialog that records a statement signed on paper."""
        self.ensure_one()
        self._check_keeper()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Record a Signed Statement"),
            "res_model": "confidentiality.checkout.paper",
            "view_mode": "form",
            "target": "new",
            "context": {"default_checkout_id": self.id},
        }

    def action_cancel(self):
        """The person stays after all; human resources."""
        for checkout in self:
            checkout._check_keeper()
            checkout._check_open()
        engine(self.sudo()).write({"state": "cancelled"})
        self.sudo().activity_ids.unlink()
        return True

    def _check_open(self):
        for checkout in self:
            if checkout.state != "open":
                raise UserError(
                    self.env._("The check-out of %s is over.", checkout.display_name)
                )

    def _check_keeper(self):
        """HR keeps check-outs, and who leads the person; nobody his own."""
        self.check_access("write")
        if self.env.su:
            return
        role = self.env["regulation.role"]._code("hr")
        for checkout in self.sudo():
            if checkout.user_id == self.env.user:
                raise AccessError(self.env._("Nobody keeps his own check-out."))
            if not checkout._may_keep(self.env.user, role):
                raise AccessError(
                    self.env._(
                        "HR or the superior of %(person)s does this (%(hr)s).",
                        person=checkout.display_name,
                        hr=", ".join(role._holders(checkout.company_id).mapped("name")) or "-",
                    )
                )

    def _may_keep(self, user, role):
        self.ensure_one()
        return bool(
            role._held_by(user, self.company_id)
            or (self.user_id and self.user_id in user._regulation_people_led())
            or self.company_id in user._regulation_companies_directed()
        )

    # === GATE === #

    def _gate_stages(self):
        return {"leave": self.filtered(lambda checkout: checkout.state == "open")}

    def _gate_leaver_checkout(self, policies, **facts):
        """Every required item is complete (S4-050, S4-051)."""
        refusals = {}
        for checkout_id, missing in self._checklist_missing("checkout").items():
            if missing:
                refusals[checkout_id] = Refusal(
                    reason=self.env._("The check-out is not complete."), missing=tuple(missing)
                )
        return refusals

    def _checklist_kinds(self):
        return {"checkout": self}

    def _regulation_owners(self):
        """Whose regulation holds: of who leaves, also when his user is archived."""
        self.ensure_one()
        return self._regulation_staff(self.user_id)

    # === GUARD === #

    @api.model
    def _guard_leaving(self, people):
        """Let these people leave, or none of them: the check-out of each is complete.

        :param people: ``[(employee, user, company), ...]``, either may be empty
        :raise UserError: naming what is open, and who can help
        """
        companies = self.env["regulation.profile"]._regulated_companies()
        people = [one for one in people if one[2].id in companies]
        if not people:
            return
        found = self._of_people(people)
        known = self.browse().union(*found.values())
        with judging(self.env):
            self._refuse_without([one for one in people if not found[one]])
            known.filtered(lambda checkout: checkout.state == "open")._gate_pass("leave")
        known.filtered(lambda checkout: checkout.state == "open")._leave()

    @api.model
    def _of_people(self, people):
        """The check-out of each of these people, the open one or the last: one query."""
        checkouts = self.sudo().search(
            [
                ("state", "!=", "cancelled"),
                "|",
                ("user_id", "in", [user.id for _employee, user, _company in people if user]),
                ("employee_id", "in", [employee.id for employee, _u, _c in people if employee]),
            ],
            order="id desc",
        )
        found = {}
        for employee, user, company in people:
            mine = checkouts.filtered(
                lambda row, e=employee, u=user, c=company: (
                    row.company_id == c
                    and ((u and row.user_id == u) or (e and row.employee_id.id == e.id))
                )
            )
            # Who came back and leaves again needs a new list
            found[employee, user, company] = (
                mine.filtered(lambda row: row.state == "open")[:1]
                or mine.filtered(lambda row: row._still_gone())[:1]
            )
        return found

    def _still_gone(self):
        """Whether who has left has not come back since, or leaves in this transaction."""
        self.ensure_one()
        if self.state != "left":
            return False
        # One way out is several writes of Odoo's
        if self.id in self.env.cr.cache.get(_LEFT, ()):
            return True
        employee = self.env["hr.employee"].sudo().browse(self.employee_id.id).exists()
        version = employee.current_version_id
        today = self.company_id._regulation_today()
        ended = version.contract_date_end and version.contract_date_end <= today
        return bool(
            (self.user_id and not self.user_id.active)
            or (employee and (not employee.active or employee.departure_date or ended))
        )

    @api.model
    def _refuse_without(self, people):
        """Nobody leaves without a list where the regulation demands one."""
        if not people:
            return
        team = self.env["crm.team"]
        policies = self.env["regulation.profile"].sudo()._resolve(
            {
                index: (company, self._regulation_staff(user), team)
                for index, (_employee, user, company) in enumerate(people)
            }
        )
        by_mode = {"observe": [], "enforce": []}
        for index, (employee, user, _company) in enumerate(people):
            line = policies[index].gate(GATE)
            mode = policies[index].mode(GATE)
            if mode not in by_mode:
                continue
            by_mode[mode].append(
                Refusal(
                    reason=self.env._("There is no check-out."),
                    missing=(
                        self.env._(
                            "%s: open the check-out on the employee, with the button Check-out.",
                            (employee or user).sudo().name,
                        ),
                    ),
                    record=user or employee,
                    gate=GATE,
                    gate_name=GATE,
                    mode=mode,
                    clauses=line["clauses"],
                    profile_id=policies[index].profile_id,
                )
            )
        Register = self.env["regulation.register"]
        if by_mode["enforce"]:
            Register._record_attempts("blocked", by_mode["enforce"])
            raise UserError(self._text_without(by_mode["enforce"], people[0][2]))
        if by_mode["observe"]:
            Register._record_attempts("observed", by_mode["observe"])

    @api.model
    def _text_without(self, refusals, company):
        role = self.env["regulation.role"]._code("hr")
        lines = [f"{refusal.reason} {refusal.missing[0]}" for refusal in refusals]
        if clauses := sorted({code for refusal in refusals for code in refusal.clauses}):
            lines.append(self.env._("  Clause: %s", ", ".join(clauses)))
        if holders := role._holders(company):
            lines.append(self.env._("  Who can help: %s", ", ".join(holders.mapped("name"))))
        return "\n".join(lines)

    def _leave(self):
        """They leave: what was still open of their access ends with it."""
        if not self:
            return
        engine(self.sudo()).write(
            {"state": "left", "left_at": fields.Datetime.now(), "left_by_id": self.env.uid}
        )
        self.env.cr.cache.setdefault(_LEFT, set()).update(self.ids)
        self.sudo()._end_access()
        self.sudo().activity_ids.unlink()
        self.env["regulation.register"]._record(
            "leaver_left",
            self,
            subject_id=lambda checkout: checkout.user_id.id,
            company_id=lambda checkout: checkout.company_id.id,
        )

    @api.model
    def _forget_left(self):
        """Who comes back in this transaction has not left in it."""
        self.env.cr.cache.pop(_LEFT, None)

    # === OPENING === #

    @api.model
    def _demanding(self, employees):
        """``{employee: Policy}`` of those whose regulation asks for a check-out."""
        team = self.env["crm.team"]
        policies = self.env["regulation.profile"].sudo()._resolve(
            {
                one.id: (one.company_id, self._regulation_staff(one.user_id), team)
                for one in employees
            }
        )
        return {
            one: policies[one.id]
            for one in employees
            if policies[one.id].mode(GATE) in ("observe", "enforce")
        }

    @api.model
    def _open_for(self, employees, day_of):
        """Open the lists of employees who will leave; who has one keeps it.

        :param day_of: ``{employee id: last day}``
        """
        employees = self.env["hr.employee"].sudo().union(*self._demanding(employees.sudo()))
        known = self.sudo().search([("state", "=", "open"), ("employee_id", "in", employees.ids)])
        for checkout in known:
            day = day_of[checkout.employee_id.id]
            if checkout.leaving_on != day:
                checkout.leaving_on = day
        taken = set(known.employee_id.ids)
        return self.sudo().create(
            [
                {"employee_id": employee.id, "leaving_on": day_of[employee.id]}
                for employee in employees
                if employee.id not in taken
            ]
        )

    @api.model
    def _cron_open(self):
        """Open the lists of those whose contract ends within the days of the regulation."""
        for company in self.env["res.company"].browse(
            sorted(self.env["regulation.profile"]._regulated_companies())
        ):
            today = company._regulation_today()
            employees = (
                self.env["hr.employee"]
                .sudo()
                .search(
                    [
                        ("company_id", "=", company.id),
                        ("current_version_id.contract_date_end", ">=", today),
                    ]
                )
            )
            day_of = {
                one.id: one.current_version_id.contract_date_end
                for one, policy in self._demanding(employees).items()
                if (one.current_version_id.contract_date_end - today).days
                <= policy.get("checkout_lead_days", 0)
            }
            self._open_for(employees.browse(day_of), day_of)

    def _task_keeper(self):
        """A task for HR, due on the last day."""
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        role = self.env["regulation.role"]._code("hr")
        rows = []
        for checkout in self.sudo():
            keeper = (role._holders(checkout.company_id) - checkout.user_id)[:1]
            if keeper:
                rows.append(
                    {
                        "res_model_id": self.env["ir.model"]._get_id(self._name),
                        "res_id": checkout.id,
                        "activity_type_id": todo.id if todo else False,
                        "user_id": keeper.id,
                        "summary": self.with_context(lang=keeper.lang).env._(
                            "See the check-out through"
                        ),
                        "date_deadline": checkout.leaving_on,
                        "automated": True,
                    }
                )
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(rows)
