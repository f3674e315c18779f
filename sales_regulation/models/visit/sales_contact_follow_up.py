# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time, timedelta

from odoo import models
from odoo.fields import Domain

from ...tools import engine


class SalesContact(models.Model):
    """The next follow-up: proposed, put into the task list, over when the next contact is there."""

    _inherit = "sales.contact"

    def _propose_next_date(self):
        """The day that the regulation proposes, for whoever names none (S0-08, S1-11, S4-234)."""
        policies = self._regulation_policies()
        for contact in self:
            days = policies[contact.id].get("contact_revisit_days", 0)
            if days and not contact.next_date and contact.partner_id and contact.outcome != "wrong":
                day = contact.company_id._regulation_local(contact.happened_at).date()
                contact.next_date = day + timedelta(days=days)

    def _follow_up(self, policies, now):
        """End the follow-ups that these contacts are, begin those that they name."""
        self._end_follow_ups(now)
        planned = self.filtered(lambda row: row.next_date and not row.followed_at)
        if not planned:
            return
        self.env["regulation.deadline"]._start(
            planned,
            "follow_up",
            start=lambda row: row.company_id._regulation_utc(row.next_date, time.min),
            user=lambda row: row.user_id,
            policies=policies,
        )
        planned._make_follow_up_tasks()

    def _make_follow_up_tasks(self):
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        model_id = self.env["ir.model"]._get_id(self._name)
        self.env["mail.activity"].with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": model_id,
                    "res_id": contact.id,
                    "activity_type_id": todo.id if todo else False,
                    "user_id": contact.user_id.id,
                    "summary": contact.next_step
                    or contact.with_context(lang=contact.user_id.lang).env._("Follow up"),
                    "date_deadline": contact.next_date,
                    "automated": True,
                }
                for contact in self
            ]
        )

    def _end_follow_ups(self, now, among=None):
        """What was planned with the same customer or lead is done by the new contact.

        A call that nobody answered ends it only if it names another day.

        :param among: the contacts whose follow-up it may be; all that wait if not given
        """
        ending = self.filtered(lambda row: row.outcome == "reached" or row.next_date)
        if not ending:
            return
        if among is None:
            among = self.search(
                Domain("state", "=", "handed_in")
                & Domain("next_date", "!=", False)
                & Domain("followed_at", "=", False)
                & ending._whom_domain()
            )
        keys = {key for contact in ending for key in contact._follow_up_keys()}
        ended = (among - ending).filtered(lambda row: keys.intersection(row._follow_up_keys()))
        engine(ended).write({"followed_at": now})
        self.env["regulation.deadline"]._done(ended, "follow_up", at=now)
        ended.activity_ids.unlink()

    def _follow_up_keys(self):
        """Whose follow-up it is: the person's, with the customer or the lead."""
        return {
            (self.user_id.id, record._name, record.id)
            for record in (self.commercial_partner_id, self.lead_id)
            if record
        }

    def _whom_domain(self):
        """Contacts with the same customers or leads."""
        return Domain("commercial_partner_id", "in", self.commercial_partner_id.ids) | Domain(
            "lead_id", "in", self.lead_id.ids
        )

    def _drop_follow_up(self):
        """What a contact that was taken back announced is not waited for; what it ended is."""
        self.env["regulation.deadline"]._cancel(self, "follow_up")
        self.activity_ids.unlink()
        self._restore_follow_ups()

    def _restore_follow_ups(self):
        """Wait again for what these contacts had ended, unless another one has ended it since.

        What they ended is known by the moment, which is that of their hand-in, and by whose
        it is. Constant number of queries for one moment.
        """
        moments = self.mapped("handed_in_at")
        keys = {key for contact in self for key in contact._follow_up_keys()}
        lost = self.search(
            Domain("followed_at", "in", moments)
            & Domain("state", "=", "handed_in")
            & self._whom_domain()
        ).filtered(lambda row: keys.intersection(row._follow_up_keys()))
        if not lost:
            return
        engine(lost).write({"followed_at": False})
        self.env["regulation.deadline"]._reopen(lost, "follow_up", moments)
        for moment, contacts in lost._contacts_since().grouped("handed_in_at").items():
            contacts._end_follow_ups(
                moment,
                among=lost.filtered(
                    lambda row, moment=moment: not row.followed_at and row.handed_in_at < moment
                ),
            )
        lost.filtered(lambda row: not row.followed_at)._make_follow_up_tasks()

    def _contacts_since(self):
        """What was handed in later with the same customers and leads and stands, in order."""
        return self.search(
            Domain("state", "=", "handed_in")
            & Domain("quantity", ">", 0)
            & Domain("handed_in_at", ">", min(self.mapped("handed_in_at")))
            & self._whom_domain(),
            order="handed_in_at, id",
        )
