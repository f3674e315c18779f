# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import engine, given_record, is_engine

#: somebody inside has to do something
PENDING = ("new", "contacted", "reopened")
OPEN = (*PENDING, "answered")

SEVERITIES = [("ordinary", "Ordinary"), ("major", "Major")]
CHANNELS = [
    ("phone", "Phone"),
    ("mail", "Mail"),
    ("letter", "Letter"),
    ("visit", "Visit"),
    ("portal", "Portal"),
    ("other", "Other"),
]


class SalesTicket(models.Model):
    """A complaint, quality problem, service request, inquiry, suggestion or letter of a customer.

    Registered the moment it comes in, reported to the coordinator, contacted and answered within
    the clocks of its kind, and followed until the customer is satisfied (C11; S3-34 to S3-41,
    S4-405, S4-406, S4-411). What scores read of it is stamped by the steps, never written.
    After-sales decisions (C12) extend it.
    """

    _name = "sales.ticket"
    _description = "Ticket"
    _inherit = [
        "regulation.sealed",
        "regulation.sourced",
        "regulation.gated",
        "regulation.protected",
        "regulation.scored",
        "regulation.rated",
        "portal.mixin",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _rec_name = "subject"
    _rec_names_search = ["name", "subject"]
    _check_company_auto = True
    _mail_post_access = "read"
    _primary_email = "email_from"

    # Nobody learns of an order through a ticket that he registers
    _source_fields = ("order_id", "notice_id")
    _sealed_fields = frozenset(
        {
            "name",
            "state",
            "user_id",
            "team_id",
            "coordinator_id",
            "department_id",
            "received_at",
            "waiting_since",
            "contacted_at",
            "contacted_by_id",
            "contact_due_at",
            "dispatched_at",
            "dispatched_by_id",
            "dispatch_due_at",
            "answered_at",
            "first_answered_at",
            "answered_by_id",
            "answer_due_at",
            "answer",
            "solution",
            "loops",
            "result",
            "result_source",
            "result_by_id",
            "closed_at",
            "closed_by_id",
            "step_ids",
        }
    )
    #: said when it is registered, and not changed by writing afterwards
    _fixed_fields = frozenset(
        {"kind_id", "severity", "company_id", "channel", "description", "email_from", "subject"}
    )
    #: filled in later, as long as it is empty
    _once_fields = frozenset({"partner_id", "order_id", "notice_id"})

    name = fields.Char(string="Number", readonly=True, copy=False, index="trigram")
    subject = fields.Char(required=True)
    kind_id = fields.Many2one(
        comodel_name="sales.ticket.kind",
        string="Kind",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self.env["sales.ticket.kind"].sudo().search([], limit=1),
    )
    severity = fields.Selection(
        selection=SEVERITIES,
        required=True,
        default="ordinary",
        help="Major: serious, with a longer time to answer and a higher deduction.",
    )
    channel = fields.Selection(selection=CHANNELS, required=True, default="phone")
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('parent_id', '=', False)]",
    )
    contact_id = fields.Many2one(
        comodel_name="res.partner",
        string="Contact",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('commercial_partner_id', '=', partner_id)]",
    )
    email_from = fields.Char(string="Sender", help="Of the mail that it came by.")
    order_id = fields.Many2one(
        comodel_name="sale.order",
        string="Order",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        domain="[('partner_id', 'child_of', partner_id)]",
    )
    notice_id = fields.Many2one(
        comodel_name="dispatch.notice",
        string="Delivery",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
    )
    product_id = fields.Many2one(
        comodel_name="product.product", index="btree_not_null", ondelete="restrict"
    )
    description = fields.Text(help="What the customer says, in his words (投訴內容).")

    # Who works on it
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner",
        readonly=True,
        copy=False,
        index=True,
        ondelete="restrict",
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )
    coordinator_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        help="Brings the departments concerned together.",
    )
    department_id = fields.Many2one(
        comodel_name="hr.department",
        string="Responsible Department",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="set null",
    )

    # What was done, stamped by the steps
    state = fields.Selection(
        selection=[
            ("new", "New"),
            ("contacted", "In work"),
            ("reopened", "Not satisfied"),
            ("answered", "Answered"),
            ("closed", "Closed"),
            ("void", "Void"),
        ],
        default="new",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        group_expand=True,
    )
    received_at = fields.Datetime(string="Received", readonly=True, copy=False, index=True)
    waiting_since = fields.Datetime(
        readonly=True, copy=False, help="From when the clock of the answer runs."
    )
    contacted_at = fields.Datetime(string="First Contact", readonly=True, copy=False)
    contacted_by_id = fields.Many2one(
        comodel_name="res.users", string="Contacted by", readonly=True, copy=False
    )
    contact_due_at = fields.Datetime(string="Contact Due", readonly=True, copy=False)
    dispatched_at = fields.Datetime(string="Department Brought in", readonly=True, copy=False)
    dispatched_by_id = fields.Many2one(
        comodel_name="res.users", string="Brought in by", readonly=True, copy=False
    )
    dispatch_due_at = fields.Datetime(string="Department Due", readonly=True, copy=False)
    answered_at = fields.Datetime(string="Answered", readonly=True, copy=False)
    first_answered_at = fields.Datetime(string="First Answer", readonly=True, copy=False)
    answered_by_id = fields.Many2one(
        comodel_name="res.users", string="Answered by", readonly=True, copy=False
    )
    answer_due_at = fields.Datetime(string="Answer Due", readonly=True, copy=False)
    answer = fields.Text(readonly=True, copy=False, help="What the customer reads.")
    solution = fields.Text(readonly=True, copy=False, help="What was done; for us only.")
    loops = fields.Integer(
        string="Not Satisfied (times)", readonly=True, copy=False, aggregator="sum"
    )
    result = fields.Selection(
        selection=[
            ("satisfied", "Satisfied"),
            ("done", "Done"),
            ("no_reply", "No reply"),
        ],
        readonly=True,
        copy=False,
        index=True,
    )
    result_source = fields.Selection(
        selection=[
            ("portal", "The customer himself"),
            ("phone", "By phone"),
            ("visit", "At a visit"),
            ("letter", "By letter"),
            ("mail", "By mail"),
        ],
        string="Source",
        readonly=True,
        copy=False,
        help="How we know whether the customer is satisfied.",
    )
    result_by_id = fields.Many2one(
        comodel_name="res.users", string="Recorded by", readonly=True, copy=False
    )
    closed_at = fields.Datetime(string="Closed", readonly=True, copy=False)
    closed_by_id = fields.Many2one(
        comodel_name="res.users", string="Closed by", readonly=True, copy=False
    )
    step_ids = fields.One2many(
        comodel_name="sales.ticket.step", inverse_name="ticket_id", string="Steps", readonly=True
    )
    is_late = fields.Boolean(compute="_compute_is_late", search="_search_is_late", string="Overdue")
    next_due_at = fields.Datetime(compute="_compute_is_late", string="Due")

    _worklist_idx = models.Index("(company_id, state, user_id)")

    # === COMPUTE METHODS === #

    @api.depends("name", "subject")
    def _compute_display_name(self):
        for ticket in self:
            ticket.display_name = " ".join(filter(None, (ticket.name, ticket.subject)))

    def _compute_access_url(self):
        super()._compute_access_url()
        for ticket in self:
            ticket.access_url = f"/my/tickets/{ticket.id}"

    @api.depends(
        "state",
        "contacted_at",
        "dispatched_at",
        "contact_due_at",
        "dispatch_due_at",
        "answer_due_at",
    )
    def _compute_is_late(self):
        now = fields.Datetime.now()
        for ticket in self:
            waiting = [ticket.answer_due_at] if ticket.state in PENDING else []
            if ticket.state in OPEN:
                waiting += [
                    ticket[f"{step}_due_at"]
                    for step in ("contact", "dispatch")
                    if not ticket[f"{step}ed_at"]
                ]
            ticket.next_due_at = min(filter(None, waiting), default=False)
            ticket.is_late = bool(ticket.next_due_at and ticket.next_due_at < now)

    def _search_is_late(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        now = fields.Datetime.now()
        domain = fields.Domain("state", "in", PENDING) & fields.Domain("answer_due_at", "<", now)
        for step in ("contact", "dispatch"):
            domain |= (
                fields.Domain("state", "in", OPEN)
                & fields.Domain(f"{step}ed_at", "=", False)
                & fields.Domain(f"{step}_due_at", "<", now)
            )
        return domain

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id", "contact_id", "order_id", "notice_id")
    def _check_customer(self):
        for ticket in self:
            customer = ticket.partner_id.commercial_partner_id
            for name, partner in (
                ("contact_id", ticket.contact_id),
                ("order_id", ticket.order_id.partner_id),
                ("notice_id", ticket.notice_id.order_id.partner_id),
            ):
                if partner and partner.commercial_partner_id != customer:
                    raise ValidationError(
                        self.env._(
                            "%(field)s of a ticket belongs to its customer.",
                            field=self._fields[name]._description_string(self.env),
                        )
                    )
            if (
                ticket.order_id
                and ticket.notice_id
                and ticket.notice_id.order_id != ticket.order_id
            ):
                raise ValidationError(self.env._("The delivery belongs to another order."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        tickets = super().create(vals_list)
        tickets._check_mandatory()
        tickets._take_in()
        return tickets

    def write(self, vals):
        if vals.get("partner_id"):
            # Whoever writes for a company, the ticket is the company's
            customer = self.env["res.partner"].sudo().browse(vals["partner_id"])
            vals = {**vals, "partner_id": customer.commercial_partner_id.id}
        if not is_engine(self.env):
            self._check_fixed(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_registered(self):
        raise AccessError(
            self.env._("A registered ticket is not deleted. Let a manager void it, with a reason.")
        )

    def copy_data(self, default=None):
        raise UserError(self.env._("A ticket is registered once, it is not duplicated."))

    def _check_fixed(self, vals):
        names = (self._fixed_fields | self._once_fields).intersection(vals)
        names |= {"product_id", "contact_id"}.intersection(vals)
        for ticket in self:
            for name in names:
                before = self._fields[name].convert_to_write(ticket[name], ticket)
                if (before or False) == (vals[name] or False):
                    continue
                if name in self._fixed_fields or (name in self._once_fields and before):
                    raise AccessError(
                        self.env._(
                            "%(field)s is fixed when a ticket is registered. Use the buttons of"
                            " the ticket.",
                            field=self._fields[name]._description_string(self.env),
                        )
                    )
                if ticket.state not in OPEN:
                    raise UserError(self.env._("%s is closed.", ticket.name))

    def _check_mandatory(self):
        """Raise if what the kind demands is missing; what a customer sends by mail or on the
        portal says what it says."""
        by_customer = ("mail", "portal") if self.env.su else ()
        for ticket in self.filtered(lambda ticket: ticket.channel not in by_customer):
            kind = ticket.kind_id
            for wanted, name in (
                (True, "partner_id"),
                (kind.need_order, "order_id"),
                (kind.need_product, "product_id"),
                (kind.need_contact, "contact_id"),
            ):
                if wanted and not ticket[name]:
                    raise ValidationError(
                        self.env._(
                            "%(kind)s: %(field)s is missing.",
                            kind=kind.name,
                            field=self._fields[name]._description_string(self.env),
                        )
                    )

    def _take_in(self):
        """Number, owner, coordinator, clocks and the row of the register: at once."""
        now = fields.Datetime.now()
        Sequence = self.env["ir.sequence"].sudo()
        people = self.sudo()._people()
        for ticket in self.sudo():
            engine(ticket).write(
                {
                    "name": Sequence.next_by_code("sales.ticket"),
                    "received_at": now,
                    "waiting_since": now,
                    "partner_id": ticket.partner_id.commercial_partner_id.id,
                    "contact_id": ticket.contact_id.id
                    or (
                        ticket.partner_id.id
                        if ticket.partner_id != ticket.partner_id.commercial_partner_id
                        else False
                    ),
                    **people[ticket.id],
                }
            )
        self._coordinate()
        self._log("registered")
        self._start_clocks()
        self._record("ticket", code=lambda ticket: ticket.kind_id.code)
        self._tell_registered()

    # === ACTION METHODS === #

    def action_contact(self, note=""):
        """The customer was contacted for the first time: now, by whoever presses.

        :param str note: what was said
        """
        self._check_worker()
        self._check_open()
        if any(ticket.contacted_at for ticket in self):
            raise UserError(self.env._("The first contact is on record already."))
        self._contact(note)

    def action_dispatch(self, note="", department_id=False):
        """The department concerned was brought in, or staff sent (S4-406, S4-411).

        :param str note: who was sent, or whom it was passed on to
        :param int department_id: the responsible department
        """
        self._check_worker()
        self._check_open()
        if any(ticket.dispatched_at for ticket in self):
            raise UserError(self.env._("The department is on record already."))
        note = self._text(note, self.env._("Say whom you brought in."))
        values = {"dispatched_at": fields.Datetime.now(), "dispatched_by_id": self.env.uid}
        if department := self._department(department_id):
            values["department_id"] = department.id
        engine(self.sudo()).write(values)
        self._log("dispatched", note)
        self._end_clocks("dispatch")

    def action_answer(self, answer, solution=""):
        """Answer the customer: he gets it by mail and on the portal.

        :param str answer: what the customer reads
        :param str solution: what was done; stays with us
        """
        self._check_worker()
        self._check_open(*PENDING)
        answer = self._text(answer, self.env._("Write the answer to the customer."))
        if any(not ticket.partner_id for ticket in self):
            raise UserError(self.env._("Whose ticket is it? Name the customer first."))
        self.filtered(lambda ticket: not ticket.contacted_at)._contact("")
        now = fields.Datetime.now()
        for ticket in self.sudo():
            engine(ticket).write(
                {
                    "state": "answered",
                    "answer": answer,
                    "solution": str(solution or "").strip() or ticket.solution,
                    "answered_at": now,
                    "first_answered_at": ticket.first_answered_at or now,
                    "answered_by_id": self.env.uid,
                }
            )
        self._log("answered", answer)
        self._end_clocks("answer")
        self._ask_customer()

    def action_close(self):
        """Close what is answered; where the regulation wants it, the customer is satisfied."""
        self._check_worker()
        self._check_open("answered")
        self._gate_pass("close")
        self._close("done")

    def action_set_severity(self, severity, reason):
        """Raise the severity, or lower it, which is a manager's (C42).

        :param str severity: ordinary or major
        :raise AccessError: if the owner lowers it, or somebody without the role
        """
        self._check_worker()
        self._check_open()
        reason = self._reason(reason)
        if severity not in dict(SEVERITIES):
            raise UserError(self.env._("A ticket is ordinary or major."))
        tickets = self.filtered(lambda ticket: ticket.severity != severity)
        if severity == "ordinary":
            tickets._check_manager()
        engine(tickets.sudo()).write({"severity": severity})
        tickets._log("severity", f"{severity}: {reason}")
        tickets._record("ticket_severity", code=severity)
        tickets._restart_answer()

    def action_set_kind(self, kind_id, reason):
        """Another kind, while its clocks run on from when it was received.

        :raise AccessError: unless the caller manages it and is not its owner
        """
        self._check_open()
        self._check_manager()
        reason = self._reason(reason)
        kind = given_record(self.env["sales.ticket.kind"], kind_id)
        if not kind:
            raise UserError(self.env._("Which kind of ticket is it?"))
        tickets = self.filtered(lambda ticket: ticket.kind_id != kind)
        running = {ticket.id: ticket._clock_codes() for ticket in tickets}
        engine(tickets.sudo()).write({"kind_id": kind.id})
        tickets._log("kind", f"{kind.name}: {reason}")
        tickets._record("ticket_kind", code=kind.code)
        tickets._swap_clocks(running)

    def action_assign(self, user_id=False, department_id=False, reason=""):
        """Another owner or responsible department.

        :param int user_id: an employee of the company
        :raise AccessError: unless the caller coordinates or manages it
        """
        self._check_open()
        self._check_manager(own=True)
        values = {}
        if user_id:
            user = given_record(self.env["res.users"].sudo(), user_id)
            if not user or user.share or self.company_id - user.company_ids:
                raise UserError(self.env._("The owner is an employee of the company."))
            if self.env.user in self.user_id and user != self.env.user:
                reason = self._reason(reason)
            values["user_id"] = user.id
        if department := self._department(department_id):
            values["department_id"] = department.id
        if not values:
            raise UserError(self.env._("Name the new owner or the department."))
        engine(self.sudo()).write(values)
        self._log("owner", reason)
        if user_id:
            self._record("ticket_owner")
            self._pass_on_clocks()
            self.sudo().message_subscribe(self.sudo().user_id.partner_id.ids)

    def action_void(self, reason):
        """Registered by mistake, or not from a customer: its clocks stop without a result.

        :raise AccessError: unless the caller manages it and is not its owner
        """
        self._check_open()
        self._check_manager()
        reason = self._reason(reason)
        engine(self.sudo()).write({"state": "void", "closed_at": fields.Datetime.now()})
        self._log("void", reason)
        self._record("ticket_void")
        self._cancel_clocks()

    def action_open_step(self):
        """Ask for what the step ``step`` of the context needs."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Ticket"),
            "res_model": "sales.ticket.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_ticket_id": self.id,
                "default_step": self.env.context.get("ticket_step") or "answer",
            },
        }

    # === STEPS === #

    def _contact(self, note):
        tickets = self.sudo()
        engine(tickets).write(
            {"contacted_at": fields.Datetime.now(), "contacted_by_id": self.env.uid}
        )
        engine(tickets.filtered(lambda ticket: ticket.state == "new")).write({"state": "contacted"})
        self._log("contacted", note)
        self._end_clocks("contact")

    def _close(self, result, **values):
        engine(self.sudo()).write(
            {
                "state": "closed",
                "result": result,
                "closed_at": fields.Datetime.now(),
                "closed_by_id": self.env.uid,
                **values,
            }
        )
        self._log("no_reply" if result == "no_reply" else "closed")
        # A clock that was not ended by its step ends with the ticket
        self._end_clocks("contact", "answer", "dispatch")

    def _log(self, step, note="", partner=None):
        now = fields.Datetime.now()
        engine(self.env["sales.ticket.step"].sudo()).create(
            [
                {
                    "ticket_id": ticket.id,
                    "company_id": ticket.company_id.id,
                    "step": step,
                    "at": now,
                    "user_id": self.env.uid if self.env.user._is_internal() else False,
                    "partner_id": partner.id if partner else False,
                    "loop": ticket.loops,
                    "note": note or False,
                }
                for ticket in self.sudo()
            ]
        )

    def _record(self, event, code="", **values):
        """A row of the register, where a regulation is in force."""
        if not self or not self.env["regulation.profile"]._regulated_companies():
            return
        tickets = self.sudo()
        policies = tickets._regulation_policies()
        self.env["regulation.register"]._record(
            event,
            tickets.filtered(lambda ticket: policies[ticket.id]),
            code=code,
            profile_id=lambda ticket: policies[ticket.id].profile_id,
            subject_id=lambda ticket: ticket.user_id.id,
            **values,
        )

    # === GUARDS === #

    def _check_open(self, *states):
        states = states or OPEN
        for ticket in self:
            if ticket.state not in states:
                raise UserError(
                    self.env._(
                        "%(ticket)s is: %(state)s. This step cannot be taken now.",
                        ticket=ticket.name,
                        state=dict(self._fields["state"]._description_selection(self.env))[
                            ticket.state
                        ],
                    )
                )

    def _check_worker(self):
        """Raise unless the caller is one of those who work on these tickets."""
        self.check_access("write")
        others = self.filtered(lambda ticket: not ticket._works_on_it())
        if others:
            others._check_manager(own=True)

    def _works_on_it(self):
        ticket = self.sudo()
        return self.env.user in (
            ticket.user_id
            | ticket.coordinator_id
            | ticket.create_uid
            | ticket.department_id.member_ids.user_id
        )

    def _check_manager(self, own=False):
        """Raise unless the caller manages these tickets; not his own unless ``own``."""
        self.check_access("write")
        allowed = self._managed_by_user()
        for ticket in self:
            if ticket.id not in allowed:
                raise AccessError(
                    self.env._(
                        "%s: this is decided by those who manage tickets.", ticket.display_name
                    )
                )
            if not own and ticket.sudo().user_id == self.env.user:
                raise AccessError(
                    self.env._("%s is your own: somebody else decides.", ticket.display_name)
                )

    def _managed_by_user(self):
        """Ids of the tickets whose regulation lets the caller manage them."""
        tickets = self.sudo()
        policies = tickets._regulation_policies()
        Role = self.env["regulation.role"].sudo()
        user, known, allowed = self.env.user, {}, set()
        for ticket in tickets:
            role_ids = tuple(policies[ticket.id].get("ticket_manager_role_ids") or ())
            if not role_ids:
                if user.has_group("sales_regulation.group_regulation_manager"):
                    allowed.add(ticket.id)
                continue
            key = (role_ids, ticket.company_id, ticket.team_id)
            if key not in known:
                roles = Role.browse(role_ids)
                if ticket.team_id:
                    known[key] = user in roles._holders(ticket.company_id, ticket.team_id)
                else:
                    known[key] = bool(roles._held_by(user, ticket.company_id))
            if known[key]:
                allowed.add(ticket.id)
        return allowed

    def _department(self, department_id):
        department = given_record(self.env["hr.department"].sudo(), department_id)
        if department.company_id and self.company_id - department.company_id:
            raise UserError(self.env._("The department belongs to another company."))
        return department

    def _text(self, text, message):
        text = str(text or "").strip()
        if not text:
            raise UserError(message)
        return text

    def _reason(self, reason):
        return self._text(reason, self.env._("Say why: it stays on record."))
