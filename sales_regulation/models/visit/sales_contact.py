# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL

from ...tools import Refusal, engine, is_engine

#: digits of a telephone number that have to agree, and the fewest that say anything
_NUMBER_TAIL = 10
_NUMBER_MIN = 6
#: the same in SQL, indexed on customers
NUMBER_TAIL = "RIGHT(LTRIM(REGEXP_REPLACE(phone, '\\D', '', 'g'), '0'), 10)"


class SalesContact(models.Model):
    """One contact with a customer or lead: a visit, a call, an answered message (C10).

    A statement of the person who enters it: he corrects it until he hands it in, from then on
    it is fixed. What was wrong is taken back by a counter-entry with a reason and entered anew,
    so that sums of ``quantity`` are right at any time.
    """

    _name = "sales.contact"
    _description = "Customer Contact"
    _inherit = ["regulation.sealed", "regulation.gated", "mail.thread", "mail.activity.mixin"]
    _order = "happened_at desc, id desc"
    _check_company_auto = True
    #: the manager advises on what he does not write
    _mail_post_access = "read"

    _sealed_fields = frozenset(
        {
            "state",
            "quantity",
            "handed_in_at",
            "due_at",
            "is_late",
            "owner_id",
            "counts",
            "counts_at",
            "followed_at",
            "signed_at",
            "signed_by_id",
            "corrects_id",
            "correction_reason",
        }
    )
    #: what the person states; fixed at hand-in
    _stated_fields = (
        "company_id",
        "partner_id",
        "commercial_partner_id",
        "lead_id",
        "event_id",
        "user_id",
        "channel",
        "number",
        "happened_at",
        "entered_at",
        "outcome",
        "content",
        "feedback",
        "result",
        "effect",
        "interested",
        "need",
        "next_date",
        "next_step",
    )

    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        check_company=True,
        ondelete="restrict",
        index=True,
    )
    # Not a related field: whoever re-parents a partner would have to look for contacts
    commercial_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer Company",
        compute="_compute_commercial_partner_id",
        store=True,
        readonly=True,
        index=True,
        ondelete="restrict",
        help="The company of the customer when the contact was entered.",
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Lead or Opportunity",
        check_company=True,
        ondelete="set null",
        index="btree_not_null",
    )
    event_id = fields.Many2one(
        comodel_name="calendar.event",
        string="Calendar Event",
        ondelete="set null",
        index="btree_not_null",
        copy=False,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        default=lambda self: self.env.user,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        index=True,
        help="Who had the contact: oneself, or whom one stands in for.",
    )
    channel = fields.Selection(
        selection=[
            ("visit", "Visit"),
            ("call", "Call"),
            ("email", "E-mail"),
            ("message", "Message"),
            ("fax", "Fax"),
            ("letter", "Letter"),
        ],
        required=True,
        default="call",
        index=True,
    )
    number = fields.Char(
        string="Number Called", help="Telephone number; the customer is found by it."
    )
    happened_at = fields.Datetime(
        string="Time",
        required=True,
        default=fields.Datetime.now,
        index=True,
        help="When it took place. Of a visit: when it ended; of a planned one its planned end.",
    )
    entered_at = fields.Datetime(
        string="Entered", readonly=True, copy=False, help="Stamped by the system."
    )
    outcome = fields.Selection(
        selection=[
            ("reached", "Reached"),
            ("no_answer", "No answer"),
            ("not_held", "Did not take place"),
            ("wrong", "Wrong number or address"),
        ],
        required=True,
        default="reached",
        help="A contact counts if the customer was met, reached or answered.",
    )
    content = fields.Text(string="What It Was about")
    feedback = fields.Text(
        string="Customer's Feedback", help="Opinions, suggestions, news of the market."
    )
    result = fields.Text(string="What Came of It")
    effect = fields.Selection(
        selection=[("1", "None"), ("2", "Some"), ("3", "Good"), ("4", "Very good")],
        help="How much the contact achieved of what it was for.",
    )
    interested = fields.Boolean(help="The customer is interested in buying.")
    need = fields.Text(string="Need Not Named", help="What the customer might need (潜在需求).")
    next_date = fields.Date(string="Next Follow-up", copy=False)
    next_step = fields.Char(copy=False)
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("handed_in", "Handed in"),
            ("corrected", "Taken back"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    quantity = fields.Integer(
        default=1,
        required=True,
        readonly=True,
        copy=False,
        help="1; of a counter-entry -1, so that sums are right.",
    )
    handed_in_at = fields.Datetime(string="Handed in at", readonly=True, copy=False)
    due_at = fields.Datetime(
        string="To be handed in until", readonly=True, copy=False
    )
    is_late = fields.Boolean(
        string="Late", readonly=True, copy=False, help="Handed in after its time limit."
    )
    owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner Then",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Who was responsible for the customer when the contact was handed in.",
    )
    counts = fields.Boolean(
        readonly=True,
        copy=False,
        help="The customer was reached by his owner or the owner's delegate.",
    )
    counts_at = fields.Datetime(
        string="Counts from",
        readonly=True,
        copy=False,
        help="When it took place; of one handed in late, when it was handed in.",
    )
    followed_at = fields.Datetime(
        string="Followed up", readonly=True, copy=False, help="When the next contact was recorded."
    )
    signed_at = fields.Datetime(string="Signed on", readonly=True, copy=False)
    signed_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Signed by",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="The manager who signed the day on which it was entered.",
    )
    corrects_id = fields.Many2one(
        comodel_name="sales.contact",
        string="Takes back",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    correction_reason = fields.Char(readonly=True, copy=False)

    _counts_idx = models.Index("(commercial_partner_id, company_id, counts_at DESC) WHERE counts")
    _day_idx = models.Index("(user_id, happened_at)")
    _correction_uniq = models.UniqueIndex(
        "(corrects_id) WHERE corrects_id IS NOT NULL", "A contact is taken back once."
    )
    _open_follow_up_idx = models.Index(
        "(next_date) WHERE state = 'handed_in' AND followed_at IS NULL"
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_commercial_partner_id(self):
        for contact in self:
            contact.commercial_partner_id = contact.partner_id.commercial_partner_id

    @api.depends("channel", "partner_id", "lead_id", "number", "happened_at")
    def _compute_display_name(self):
        channels = dict(self._fields["channel"]._description_selection(self.env))
        for contact in self:
            whom = contact.partner_id.name or contact.lead_id.name or contact.number or ""
            contact.display_name = f"{channels.get(contact.channel, '')} {whom}".strip()

    @api.onchange("lead_id")
    def _onchange_lead_id(self):
        if self.lead_id.partner_id and not self.partner_id:
            self.partner_id = self.lead_id.partner_id

    @api.onchange("number")
    def _onchange_number(self):
        if self.number and not self.partner_id:
            self.partner_id = self._partners_by_number([self.number], self.company_id).get(
                self.number
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id", "lead_id", "number")
    def _check_whom(self):
        for contact in self:
            if not (contact.partner_id or contact.lead_id or (contact.number or "").strip()):
                raise ValidationError(
                    self.env._("With whom was the contact? Name a customer, a lead or a number.")
                )

    @api.constrains("event_id", "partner_id", "user_id", "channel", "company_id")
    def _check_event(self):
        for contact in self.filtered("event_id"):
            event = contact.event_id.sudo()
            if (
                contact.channel != "visit"
                or event.visit_partner_id.commercial_partner_id != contact.commercial_partner_id
                or event.user_id != contact.user_id
                or event.visit_company_id != contact.company_id
            ):
                raise ValidationError(
                    self.env._("The record of a visit is that of its customer and its person.")
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not is_engine(self.env):
            for vals in vals_list:
                vals["entered_at"] = fields.Datetime.now()
                vals.pop("commercial_partner_id", None)  # follows from the customer
        self._fill_partners(vals_list)
        contacts = super().create(vals_list)
        contacts._check_person()
        contacts._check_readable()
        contacts._take_time_of_visit()
        return contacts

    def write(self, vals):
        if not is_engine(self.env):
            stated = set(self._stated_fields).intersection(vals)
            if stated and any(contact.state != "draft" for contact in self):
                raise UserError(
                    self.env._(
                        "A contact that was handed in is fixed. Take it back with a reason and"
                        " enter it anew."
                    )
                )
            if "entered_at" in vals:
                raise AccessError(self.env._("When a contact is entered is stamped by the system."))
            vals = {name: vals[name] for name in vals if name != "commercial_partner_id"}
        result = super().write(vals)
        if not is_engine(self.env):
            if "user_id" in vals:
                self._check_person()
            if {"partner_id", "lead_id", "event_id"} & set(vals):
                self._check_readable()
            if {"event_id", "happened_at"} & set(vals):
                self._take_time_of_visit()
            if vals.get("number") and "partner_id" not in vals:
                self._match_number(vals["number"])
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_handed_in(self):
        if any(contact.state != "draft" for contact in self):
            raise UserError(self.env._("Contacts that were handed in are kept."))

    def _fill_partners(self, vals_list):
        """The customers of leads and numbers, where none is named. Two queries at most."""
        leads = self.env["crm.lead"].browse(
            {vals["lead_id"] for vals in vals_list if vals.get("lead_id") and not vals.get("partner_id")}
        )
        partner_of_lead = {lead.id: lead.partner_id.id for lead in leads if lead.has_access("read")}
        for vals in vals_list:
            if not vals.get("partner_id") and partner_of_lead.get(vals.get("lead_id")):
                vals["partner_id"] = partner_of_lead[vals["lead_id"]]
        unknown = [
            vals
            for vals in vals_list
            if vals.get("number") and not vals.get("partner_id") and not vals.get("lead_id")
        ]
        by_company = {}
        for vals in unknown:
            company = vals.get("company_id") or self.env.company.id
            by_company.setdefault(company, []).append(vals)
        for company, rows in by_company.items():
            found = self._partners_by_number(
                [vals["number"] for vals in rows], self.env["res.company"].browse(company)
            )
            for vals in rows:
                if partner := found.get(vals["number"]):
                    vals["partner_id"] = partner.id

    def _match_number(self, number):
        for company, contacts in self.filtered(lambda row: not row.partner_id).grouped(
            "company_id"
        ).items():
            if partner := self._partners_by_number([number], company).get(number):
                contacts.partner_id = partner

    @api.model
    def _partners_by_number(self, numbers, company):
        """``{number as given: customer}``, those that exactly one company answers to.

        Customers that the reader may see, of this company or of all. Numbers agree in their
        last ten digits, whatever their prefix and punctuation, without the zeros that are
        dialled first; with and without the code of the company's country. One query of an
        index, and its access check.
        """
        keys = {number: _keys(number, company.country_id.phone_code) for number in numbers}
        wanted = {key for found in keys.values() for key in found}
        if not wanted:
            return {}
        Partner = self.env["res.partner"]
        Partner.flush_model(["phone", "company_id", "commercial_partner_id", "active"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT %(tail)s AS key, MIN(id),
                       MIN(commercial_partner_id), MAX(commercial_partner_id)
                  FROM res_partner
                 WHERE phone IS NOT NULL AND %(tail)s IN %(wanted)s
                   AND active AND (company_id IS NULL OR company_id = %(company)s)
              GROUP BY key
                """,
                tail=SQL(NUMBER_TAIL),
                wanted=tuple(wanted),
                company=company.id or None,
            )
        )
        rows = {key: row for key, *row in rows}
        found = {}
        for number, its_keys in keys.items():
            known = [rows[key] for key in its_keys if key in rows]
            if len({customer for _id, *customers in known for customer in customers}) == 1:
                found[number] = Partner.browse(min(row[0] for row in known))
        readable = self._known_in_full(
            Partner.search([("id", "in", [partner.id for partner in found.values()])])
        )
        return {number: partner for number, partner in found.items() if partner in readable}

    @api.model
    def _known_in_full(self, partners):
        """Those of these customers whose number the person may know: what is found by a number
        confirms it."""
        return partners

    def _check_person(self):
        """Everybody states his own contacts, and those of whom he stands in for."""
        if self.env.uid == api.SUPERUSER_ID:
            return
        if not self.env["regulation.delegation"]._acts_for(self.user_id):
            raise AccessError(
                self.env._(
                    "Everybody enters his own contacts. Who stands in for an absent colleague"
                    " enters his."
                )
            )

    def _check_readable(self):
        """What one may not read is not named either: its label would be shown."""
        for name in ("partner_id", "lead_id", "event_id"):
            self[name].check_access("read")

    def _take_time_of_visit(self):
        """A planned visit took place when it was planned to end: that is on record already."""
        for contact in self.filtered("event_id"):
            event = contact.event_id.sudo()
            moment = event.visit_end or event.stop
            if contact.happened_at != moment:
                engine(contact).happened_at = moment

    # === ACTION METHODS === #

    def action_hand_in(self):
        """Hand in these contacts: from now on they are fixed (S3-28, S3-29).

        :raise UserError: naming what the regulation wants to be said first
        """
        self.check_access("write")
        self._check_person()
        now = fields.Datetime.now()
        for contact in self:
            if contact.state != "draft":
                raise UserError(
                    self.env._("%s is handed in already.", contact.display_name)
                )
            if contact.happened_at > now:
                raise UserError(
                    self.env._("%s has not taken place yet.", contact.display_name)
                )
        self._check_visits_once()
        self._propose_next_date()
        self._gate_pass("hand_in")
        self.sudo()._hand_in(now)

    def action_correct(self, reason=""):
        """Take contacts back by counter-entries; what is right is entered anew.

        :param str reason: why
        :return: the counter-entries
        """
        self.check_access("write")
        self._check_person()
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why the contact is taken back."))
        for contact in self:
            if contact.state != "handed_in" or contact.corrects_id:
                raise UserError(
                    self.env._("%s cannot be taken back.", contact.display_name)
                )
        return self.sudo()._correct(reason).ids

    def action_ask_correction(self):
        """Ask for the reason why these contacts are taken back."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Take back"),
            "res_model": "sales.contact.correction",
            "view_mode": "form",
            "target": "new",
            "context": {"default_contact_ids": self.ids},
        }

    def action_create_opportunity(self):
        """Make an opportunity of the need that the contact brought up (S1-12)."""
        self.ensure_one()
        self.check_access("write")
        if not self.lead_id:
            lead = self.env["crm.lead"].create(self._prepare_opportunity())
            engine(self).lead_id = lead
        return {
            "type": "ir.actions.act_window",
            "res_model": "crm.lead",
            "res_id": self.lead_id.id,
            "view_mode": "form",
        }

    def _prepare_opportunity(self):
        self.ensure_one()
        whom = self.partner_id.name or self.number
        return {
            "name": self.env._("Need of %s", whom),
            "type": "opportunity" if self.partner_id else "lead",
            "partner_id": self.partner_id.id,
            "phone": self.number or self.partner_id.phone,
            "user_id": self.user_id.id,
            "company_id": self.company_id.id,
            "description": self.need or self.feedback or self.result,
        }

    # === GATES === #

    def _gate_stages(self):
        return {"hand_in": self.filtered(lambda contact: contact.state == "draft")}

    def _gate_contact_complete(self, policies, **facts):
        """What happened, what the customer said, what came of it (S1-19, S3-28, S4-233)."""
        refusals = {}
        for contact in self:
            if missing := contact._missing_statements():
                refusals[contact.id] = Refusal(
                    reason=self.env._("The record is not complete."), missing=tuple(missing)
                )
        return refusals

    def _missing_statements(self):
        self.ensure_one()
        if self.outcome != "reached":
            return []
        names = ("content", "feedback", "result", "effect") if self.channel == "visit" else ("result",)
        return [
            self._fields[name]._description_string(self.env)
            for name in names
            if not (self[name] or "").strip()
        ]

    def _gate_contact_follow_up(self, policies, **facts):
        """No customer and no lead is left without a day for the next contact."""
        return {
            contact.id: Refusal(
                reason=self.env._("It is not said when this customer is contacted next."),
                missing=(self._fields["next_date"]._description_string(self.env),),
            )
            for contact in self
            if not contact.next_date
            and contact.outcome != "wrong"
            and (contact.partner_id or contact.lead_id)
        }


def _keys(number, country):
    """The last digits of a number as it may be known: at home, and from abroad.

    :param int country: what is dialled from abroad, 886
    """
    country, given = str(country or ""), (number or "").strip()
    digits = re.sub(r"\D", "", given).lstrip("0")
    abroad = given.startswith(("+", "00")) or len(digits) > _NUMBER_TAIL
    if abroad and digits.startswith(country):
        digits = digits.removeprefix(country).lstrip("0")
    if len(digits) < _NUMBER_MIN:
        return set()
    return {digits[-_NUMBER_TAIL:], (country + digits)[-_NUMBER_TAIL:]}
