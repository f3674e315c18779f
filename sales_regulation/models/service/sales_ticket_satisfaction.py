# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import Refusal, engine
from .regulation_rated import POINTS


class SalesTicket(models.Model):
    """Until the customer is satisfied: closing, reopening, and no reply (S3-39 to S3-41)."""

    _inherit = "sales.ticket"

    # === GATE === #

    def _gate_stages(self):
        return {"close": self.filtered(lambda ticket: ticket.state == "answered")}

    def _gate_orders(self):
        return {ticket.id: ticket.order_id for ticket in self}

    def _gate_ticket_satisfied(self, policies, **facts):
        """S3-39: closed only when the customer says that he is satisfied."""
        return {
            ticket.id: Refusal(
                reason=self.env._("The customer has not said that he is satisfied."),
                missing=(
                    self.env._(
                        "'Satisfied' by the customer, or recorded by a colleague who"
                        " did not answer it"
                    ),
                ),
                helper_ids=tuple(ticket.coordinator_id.ids),
            )
            for ticket in self
            if ticket.kind_id.need_satisfaction and ticket.result != "satisfied"
        }

    # === ACTION METHODS === #

    def action_record_satisfaction(self, satisfied, source, score=None, feedback=""):
        """What the customer said to one of us who did not solve it (S3-40).

        :param bool satisfied: False opens the ticket again
        :param str source: phone, visit, letter or mail
        :param float score: 0 to 100; without a figure 100 if satisfied, 0 if not
        :raise AccessError: for whoever answered it, in whatever round
        """
        self.ensure_one()
        self._check_worker()
        self._check_open("answered")
        solvers = self.sudo().step_ids.filtered(lambda step: step.step == "answered").user_id
        if self.env.user in solvers:
            raise AccessError(
                self.env._("Whoever answered a ticket does not say that the customer is satisfied.")
            )
        if source not in ("phone", "visit", "letter", "mail"):
            raise UserError(self.env._("Say how you know: by phone, visit, letter or mail."))
        feedback = self._text(feedback, self.env._("Write what the customer said, and who."))
        self._judge(bool(satisfied), self._score(satisfied, score), source, feedback)

    def action_close_no_reply(self, reason):
        """The customer does not answer: a manager closes it, counted apart from the satisfied.

        :raise AccessError: for the owner, whoever answered it, and without the role
        """
        self._check_open("answered")
        self._check_manager()
        reason = self._reason(reason)
        now = fields.Datetime.now()
        policies = self.sudo()._regulation_policies()
        for ticket in self.sudo():
            if (
                self.env.user
                in ticket.step_ids.filtered(lambda row: row.step == "answered").user_id
            ):
                raise AccessError(
                    self.env._("You answered %s: somebody else decides.", ticket.name)
                )
            days = policies[ticket.id].get("ticket_no_reply_days") or 0
            if now < ticket.answered_at + timedelta(days=days):
                raise UserError(
                    self.env._(
                        "%(ticket)s: the customer has %(days)s days after the answer to say"
                        " whether he is satisfied.",
                        ticket=ticket.name,
                        days=days,
                    )
                )
        self._log("no_reply", reason)
        self._close("no_reply")
        self._record("ticket_no_reply")

    # === WHAT THE CUSTOMER SAYS === #

    def _score(self, satisfied, score):
        if score is None or score is False or score == "":
            return 100.0 if satisfied else 0.0
        try:
            score = float(score)
        except (TypeError, ValueError, OverflowError):
            score = -1
        if not 0 <= score <= 100:
            raise UserError(self.env._("Satisfaction is a figure from 0 to 100."))
        return score

    def _customer_says(self, satisfied, score=None, feedback="", rating=None, partner=None):
        """The customer himself, by his link or on the portal in his own name."""
        self.ensure_one()
        if self.env.user._is_internal():
            raise AccessError(self.env._("Only the customer says how satisfied he is."))
        self._check_awaits_customer()
        score = self._score(satisfied, score)
        rating = rating or self.sudo()._open_rating()
        if rating:
            self._rating_consume(rating, score / POINTS, feedback)
        self._judge(
            satisfied, score, "portal", feedback, rating=rating, partner=partner or self.contact_id
        )

    def _rating_wanted(self):
        """Answered; or closed without the customer's word, which he may still give."""
        self.ensure_one()
        return self.state == "answered" or (self.state == "closed" and self.result != "satisfied")

    def _check_awaits_customer(self):
        if not self._rating_wanted():
            self._check_open("answered")

    def _open_rating(self):
        """The rating that waits for an answer to this round, if one was asked for."""
        return (
            self.env["rating.rating"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "=", self.id),
                    ("consumed", "=", False),
                ],
                limit=1,
            )
        )

    def _judge(self, satisfied, score, source, feedback, rating=None, partner=None):
        ticket = self.sudo()
        inside = self.env.user._is_internal()
        self.env["sales.satisfaction"]._note(
            ticket,
            score,
            satisfied=satisfied,
            feedback=feedback,
            rating=rating,
            channel=source,
        )
        facts = {"result_source": source, "result_by_id": self.env.uid if inside else False}
        if satisfied:
            self._log("satisfied", feedback, partner=partner)
            self._record("ticket_satisfied", code=source)
            if ticket.state == "closed":
                # His late word on what was closed without it
                engine(ticket).write({"result": "satisfied", **facts})
            else:
                self._close("satisfied", **facts)
            return
        engine(ticket).write(
            {
                "state": "reopened",
                "loops": ticket.loops + 1,
                "waiting_since": fields.Datetime.now(),
                "answer_due_at": False,
                "result": False,
                "closed_at": False,
                "closed_by_id": False,
                **facts,
            }
        )
        self._log("reopened", feedback, partner=partner)
        self._record("ticket_reopened", code=source)
        self._start_clocks("answer")
        self._tell_not_satisfied()

    def _tell_not_satisfied(self):
        ticket = self.sudo()
        for user in ticket.user_id | ticket.coordinator_id:
            ticket.with_context(lang=user.lang).activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=user.id,
                summary=ticket.with_context(lang=user.lang).env._("The customer is not satisfied"),
            )

    def _ask_customer(self):
        """The answer goes to the customer after the commit, with the question to him."""
        tickets = self.sudo()
        tickets.env["sales.satisfaction.request"]._queue(tickets, "satisfaction_after_ticket")

    # === RATING === #

    def _rating_customer(self):
        self.ensure_one()
        return self.contact_id or self.partner_id

    def _rating_given(self, rating, score, feedback):
        # The page of Odoo's link knows faces only: a neutral one is not satisfied
        self._check_awaits_customer()
        satisfied = score >= 4 * POINTS
        self._judge(satisfied, score, "portal", feedback, rating=rating, partner=rating.partner_id)

    def _rating_url(self, rating):
        return f"{self.get_base_url()}/my/tickets/answer/{rating.access_token}"
