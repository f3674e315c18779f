# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.fields import Domain

CODE = "interest"


class SalesContact(models.Model):
    """Whoever shows interest is followed up without delay (S4-286).

    The clock "interest" begins when the contact is handed in, and ends with the next contact
    that reaches the customer, or with a proposal to him.
    """

    _inherit = "sales.contact"

    def _follow_up(self, policies, now):
        super()._follow_up(policies, now)
        reached = self.filtered(lambda row: row.outcome == "reached")
        self._interest_answered(reached.commercial_partner_id, reached.lead_id, now, but=self)
        self.env["regulation.deadline"]._start(
            self.filtered("interested"), CODE, user=lambda row: row.user_id, policies=policies
        )

    def _drop_follow_up(self):
        super()._drop_follow_up()
        self.env["regulation.deadline"]._cancel(self, CODE)
        self.filtered(lambda row: row.outcome == "reached")._restore_interest()

    def _restore_interest(self):
        """Whom these contacts had answered waits again, unless something else answered since."""
        if not self:
            return
        Deadline = self.env["regulation.deadline"]
        interested = self.sudo().search(
            Domain("interested", "=", True)
            & Domain("state", "=", "handed_in")
            & Domain("quantity", ">", 0)
            & self._whom_domain()
        )
        again = Deadline._reopen(interested, CODE, self.mapped("handed_in_at"))
        waiting = interested.browse(again.mapped("res_id"))
        if not waiting:
            return
        answers = waiting._interest_answers()
        for moment, rows in waiting.grouped(
            lambda row: min(
                (
                    moment
                    for moment, customer, lead in answers
                    if moment > row.handed_in_at
                    and (
                        (customer and customer == row.commercial_partner_id)
                        or (lead and lead == row.lead_id)
                    )
                ),
                default=None,
            )
        ).items():
            if moment:
                Deadline._done(rows, CODE, at=moment)

    def _interest_answers(self):
        """``[(moment, customer, lead), ...]``: what has answered these customers and leads
        since. Extended by whatever else answers."""
        return [
            (row.handed_in_at, row.commercial_partner_id, row.lead_id)
            for row in self._contacts_since()
            if row.outcome == "reached"
        ]

    @api.model
    def _interest_answered(self, customers, leads, at, but=None):
        """These customers and leads were answered at that moment (naive UTC)."""
        if not customers and not leads:
            return
        waiting = self.sudo().search(
            Domain("interested", "=", True)
            & Domain("state", "=", "handed_in")
            & Domain("id", "not in", but.ids if but else [])
            & (
                Domain("commercial_partner_id", "in", customers.ids)
                | Domain("lead_id", "in", leads.ids)
            )
        )
        self.env["regulation.deadline"]._done(waiting, CODE, at=at)
