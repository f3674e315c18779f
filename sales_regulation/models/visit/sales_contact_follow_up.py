# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time, timedelta

from odoo import models

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
                for contact in planned
            ]
        )

    def _end_follow_ups(self, now):
        """What was planned with the same customer or lead is done by the new contact.

        A call that nobody answered ends it only if it names another day.
        """
        ending = self.filtered(lambda row: row.outcome == "reached" or row.next_date)
        if not ending:
            return
        open_ones = self.search(
            [
                ("id", "not in", ending.ids),
                ("state", "=", "handed_in"),
                ("next_date", "!=", False),
                ("followed_at", "=", False),
                "|",
                ("commercial_partner_id", "in", ending.commercial_partner_id.ids),
                ("lead_id", "in", ending.lead_id.ids),
            ]
        )
        keys = {key for contact in ending for key in contact._follow_up_keys()}
        ended = open_ones.filtered(lambda row: keys.intersection(row._follow_up_keys()))
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

    def _drop_follow_up(self):
        """What a contact that was taken back announced is not waited for."""
        self.env["regulation.deadline"]._cancel(self, "follow_up")
        self.activity_ids.unlink()
