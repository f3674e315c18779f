# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL

from ...tools import WorkDays, engine


class SalesContact(models.Model):
    """What a contact counts for once it is handed in: in time or late, for which owner."""

    _inherit = "sales.contact"

    # === WHAT OTHERS ASK === #

    @api.model
    def _last_contacts(self, partners, company):
        """The last contact that counts of each customer, by his present owner.

        It counts if it is a finished visit, a call or an answered message recorded by the
        owner or his delegate within its own time limit; one handed in late counts from then
        (``counts_at``, naive UTC). Quotations, contracts and mass mails do not count. One query.

        :return: ``{commercial partner id: sales.contact}``
        """
        if not partners or not self.env["regulation.profile"]._regulated_companies():
            return {}
        self.flush_model(
            ["commercial_partner_id", "company_id", "owner_id", "counts", "counts_at"]
        )
        partners.flush_model(["commercial_partner_id", "user_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT DISTINCT ON (contact.commercial_partner_id)
                       contact.commercial_partner_id, contact.id
                  FROM sales_contact contact
                  JOIN res_partner customer ON customer.id = contact.commercial_partner_id
                                           AND customer.user_id = contact.owner_id
                 WHERE contact.counts AND contact.company_id = %s
                   AND contact.commercial_partner_id IN (
                       SELECT commercial_partner_id FROM res_partner WHERE id IN %s)
              ORDER BY contact.commercial_partner_id, contact.counts_at DESC, contact.id DESC
                """,
                company.id,
                tuple(partners._origin.ids) or (0,),
            )
        )
        contacts = self.sudo().browse(row[1] for row in rows)
        return {row[0]: contact for row, contact in zip(rows, contacts, strict=True)}

    @api.model
    def _reached_by(self, customers, users, company):
        """When each of ``users`` has reached each customer himself: ``{customer: [(user, at)]}``.

        Contacts that were handed in and not taken back. One query.
        """
        found = {}
        rows = self.sudo().search_fetch(
            [
                ("commercial_partner_id", "in", customers.ids),
                ("user_id", "in", users.ids),
                ("company_id", "=", company.id),
                ("state", "=", "handed_in"),
                ("outcome", "=", "reached"),
                ("quantity", ">", 0),
            ],
            ["commercial_partner_id", "user_id", "happened_at"],
        )
        for row in rows:
            found.setdefault(row.commercial_partner_id, []).append((row.user_id, row.happened_at))
        return found

    def _sign(self):
        """The manager signs contacts that were handed in; signed ones stay as they are.

        Called by the work log when it is signed, as the manager, whose right it has checked.
        """
        unsigned = self.filtered(
            lambda contact: contact.state != "draft" and not contact.signed_by_id
        )
        if own := unsigned.filtered(lambda contact: contact.user_id == self.env.user):
            raise UserError(
                self.env._("Nobody signs his own contacts: %s", own[0].display_name)
            )
        engine(unsigned.sudo()).write(
            {"signed_at": fields.Datetime.now(), "signed_by_id": self.env.uid}
        )
        self.env["regulation.register"]._record(
            "contact_signed",
            unsigned,
            subject_id=lambda contact: contact.user_id.id,
            company_id=lambda contact: contact.company_id.id,
        )

    # === HANDING IN === #

    def _check_visits_once(self):
        events = self.event_id
        if not events:
            return
        for event in events.sudo().filtered(lambda event: event.visit_state == "cancelled"):
            raise UserError(self.env._("%s was cancelled: it is no visit.", event.name))
        taken = self.sudo()._read_group(
            [
                ("event_id", "in", events.ids),
                ("quantity", ">", 0),
                "|",
                ("state", "=", "handed_in"),
                ("id", "in", self.ids),
            ],
            ["event_id"],
            ["__count"],
        )
        for event, count in taken:
            if count > 1:
                raise UserError(self.env._("%s is recorded already.", event.display_name))

    def _hand_in(self, now):
        """Fix the contacts as of ``now``, and what follows from them. As superuser."""
        policies = self._regulation_policies()
        due = self._due_moments(policies)
        deputies = self.env["regulation.delegation"]._deputies_of(
            self.commercial_partner_id.user_id
        )
        for contact in self:
            owner = contact.commercial_partner_id.user_id
            late = now > due[contact]
            # Who enters it may stand in for the owner as much as he who had it
            people = {contact.user_id.id, self.env.uid} & ({owner.id} | deputies.get(owner.id, set()))
            engine(contact).write(
                {
                    "state": "handed_in",
                    "handed_in_at": now,
                    "due_at": due[contact],
                    "is_late": late,
                    "owner_id": owner.id,
                    "counts": contact.outcome == "reached" and bool(owner) and bool(people),
                    "counts_at": now if late else contact.happened_at,
                }
            )
        self._stop_clocks(policies, now)
        self._finish_visits()
        self._close_duties(now)
        self._follow_up(policies, now)

    def _due_moments(self, policies):
        """Until when each contact had to be handed in; without a rule, by the end of its day."""
        Rule = self.env["regulation.deadline.rule"]
        workdays = {company: WorkDays(company) for company in self.company_id}
        due = {}
        for contact in self:
            days = workdays[contact.company_id]
            rules = Rule._with_code(policies[contact.id].profile_ids, contact._clock())
            if rules:
                due[contact] = rules._stricter(contact.happened_at, days)[0]
            else:
                day = contact.company_id._regulation_local(contact.happened_at).date()
                due[contact] = contact.company_id._regulation_utc(day, time(23, 59, 59))
        return due

    def _clock(self):
        """Code of the deadline by which it is handed in."""
        return "visit_record" if self.channel == "visit" else "contact_record"

    def _stop_clocks(self, policies, now):
        """The clock of a planned visit runs already; that of others began when they took place."""
        Deadline = self.env["regulation.deadline"]
        Deadline._done(self.event_id, "visit_record", at=now)
        for code, contacts in self.filtered(lambda row: not row.event_id).grouped(
            lambda row: row._clock()
        ).items():
            Deadline._start(
                contacts,
                code,
                start=lambda row: row.happened_at,
                user=lambda row: row.user_id,
                policies=policies,
            )
            Deadline._done(contacts, code, at=now)

    def _finish_visits(self):
        for state, contacts in self.filtered("event_id").grouped(
            lambda row: "done" if row.outcome == "reached" else "not_held"
        ).items():
            engine(contacts.event_id).write({"visit_state": state})

    def _close_duties(self, now):
        Duty = self.env["regulation.duty"]
        counting = self.filtered("counts")
        visits = counting.filtered(lambda row: row.channel == "visit")
        for contacts, kinds in ((visits, ["visit"]), (counting, ["any"])):
            if not contacts:
                continue
            for code in Duty._contact_codes(kinds):
                Duty._close(
                    contacts,
                    code,
                    subject=lambda row: row.commercial_partner_id,
                    user=lambda row: row.user_id,
                    # Entered late it counts from its entry: a period that was judged stays so
                    day=lambda row: row.company_id._regulation_local(row.counts_at).date(),
                    at=now,
                )

    # === TAKING BACK === #

    def _correct(self, reason):
        """Counter-entries: they undo what the contacts counted for. As superuser."""
        now = fields.Datetime.now()
        entries = engine(self.env[self._name]).create(
            [contact._prepare_counter_entry(reason, now) for contact in self]
        )
        engine(self).write({"state": "corrected", "counts": False})
        engine(self.event_id).write({"visit_state": "planned"})
        self.env["regulation.deadline"]._reopen(
            self.event_id, "visit_record", self.mapped("handed_in_at")
        )
        self._reopen_duties()
        self._drop_follow_up()
        self.env["regulation.register"]._record(
            "contact_corrected",
            self,
            subject_id=lambda contact: contact.user_id.id,
            company_id=lambda contact: contact.company_id.id,
        )
        return entries.with_env(self.env)

    def _prepare_counter_entry(self, reason, now):
        self.ensure_one()
        stated = self.read(
            [
                "company_id",
                "partner_id",
                "commercial_partner_id",
                "lead_id",
                "user_id",
                "channel",
                "number",
                "happened_at",
                "outcome",
                "interested",
            ],
            load=None,
        )[0]
        stated.pop("id")
        return {
            **stated,
            "quantity": -1,
            "state": "handed_in",
            "entered_at": now,
            "handed_in_at": now,
            "counts_at": now,
            "owner_id": self.owner_id.id,
            "corrects_id": self.id,
            "correction_reason": reason,
        }

    def _reopen_duties(self):
        """A visit that was taken back fulfils nothing; what else was recorded may."""
        instances = self.env["regulation.duty.instance"].search(
            [("document_model", "=", self._name), ("document_id", "in", self.ids)]
        )
        instances._reopen()
        for company, rows in instances.grouped("company_id").items():
            others = self.search(
                [
                    ("company_id", "=", company.id),
                    ("commercial_partner_id", "in", self.commercial_partner_id.ids),
                    ("counts", "=", True),
                    (
                        "counts_at",
                        ">=",
                        company._regulation_utc(min(rows.mapped("period_start")), time.min),
                    ),
                    (
                        "counts_at",
                        "<=",
                        company._regulation_utc(max(rows.mapped("period_end")), time.max),
                    ),
                ],
                order="handed_in_at, id",
            )
            for moment, contacts in others.grouped("handed_in_at").items():
                contacts._close_duties(moment)
