# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ...tools import engine
from .sales_ticket import PENDING

#: the step that each clock waits for, and the field in which it is due
CLOCKS = ("contact", "dispatch", "answer")


class SalesTicket(models.Model):
    """The clocks of a ticket, all side by side; how long each runs is said by the regulation."""

    _inherit = "sales.ticket"

    @api.model
    def _regulation_clock_start(self, clock):
        return "waiting_since" if clock == "answer" else "received_at"

    def _clock_codes(self):
        """``{clock: code}`` of the clocks that this ticket waits for."""
        self.ensure_one()
        ticket, kind, codes = self.sudo(), self.sudo().kind_id, {}
        if not ticket.contacted_at and kind.contact_clock:
            codes["contact"] = kind.contact_clock
        if not ticket.dispatched_at and kind.dispatch_clock:
            codes["dispatch"] = kind.dispatch_clock
        if ticket.state in PENDING and (code := kind._answer_code(ticket.severity)):
            codes["answer"] = code
        return codes

    def _start_clocks(self, *clocks):
        """Start what these tickets wait for; what runs already goes on."""
        if not self or not self.env["regulation.profile"]._regulated_companies():
            return
        tickets = self.sudo()
        policies = tickets._regulation_policies()
        Deadline = self.env["regulation.deadline"]
        for clock in clocks or CLOCKS:
            start = self._regulation_clock_start(clock)
            codes = {ticket.id: ticket._clock_codes().get(clock) for ticket in tickets}
            for code, group in tickets.grouped(lambda row, codes=codes: codes[row.id]).items():
                if not code:
                    continue
                begun = Deadline._start(
                    group,
                    code,
                    start=lambda row, start=start: row[start],
                    user=lambda row: row.user_id,
                    policies=policies,
                )
                for deadline in begun:
                    engine(tickets.browse(deadline.res_id)).write(
                        {f"{clock}_due_at": deadline.due_at}
                    )

    def _all_codes(self, clock):
        """Every code under which this clock may run; the severity may have changed meanwhile."""
        kind = self.sudo().kind_id
        if clock == "answer":
            return {kind.answer_clock, kind.answer_major_clock} - {False}
        return {kind[f"{clock}_clock"]} - {False}

    def _end_clocks(self, *clocks):
        """The step was taken: what waited for it ends, kept or late."""
        if not self.env["regulation.profile"]._regulated_companies():
            return
        for kind, group in self.sudo().grouped("kind_id").items():
            if kind:
                for clock in clocks:
                    for code in group[:1]._all_codes(clock):
                        self.env["regulation.deadline"]._done(group, code)

    def _pass_on_clocks(self):
        """What the ticket still waits for is its new owner's; what is late stays as it was."""
        for ticket in self.sudo().filtered("user_id"):
            codes = set().union(*(ticket._all_codes(clock) for clock in CLOCKS))
            self.env["regulation.deadline"]._pass_on(ticket, ticket.user_id, codes)

    def _cancel_clocks(self):
        if not self.env["regulation.profile"]._regulated_companies():
            return
        for _kind, group in self.sudo().grouped("kind_id").items():
            for clock in CLOCKS:
                for code in group[:1]._all_codes(clock):
                    self.env["regulation.deadline"]._cancel(group, code)

    def _swap_clocks(self, before):
        """Other clocks than ``before`` (``{id: {clock: code}}``) hold now.

        One that is overdue is not taken back: it runs beside the new one until its step. The
        severity or the kind is no way out of a breach.
        """
        if not self.env["regulation.profile"]._regulated_companies():
            return
        Deadline = self.env["regulation.deadline"]
        tickets = self.sudo()
        for clock in CLOCKS:
            for code, group in tickets.grouped(
                lambda ticket, clock=clock: before[ticket.id].get(clock)
            ).items():
                gone = group.filtered(
                    lambda ticket, code=code, clock=clock: ticket._clock_codes().get(clock) != code
                )
                if not code or not gone:
                    continue
                late = set(
                    Deadline._running(gone, code)
                    .filtered(lambda deadline: deadline.is_late)
                    .mapped("res_id")
                )
                Deadline._cancel(gone.filtered(lambda row, late=late: row.id not in late), code)
                engine(gone).write({f"{clock}_due_at": False})
        self._start_clocks()

    def _restart_answer(self):
        """The severity has changed: the clock of the answer is another, from the same start."""
        before = {}
        for ticket in self.sudo():
            other = "ordinary" if ticket.severity == "major" else "major"
            code = ticket.kind_id._answer_code(other)
            before[ticket.id] = {**ticket._clock_codes(), "answer": code}
        self.filtered(lambda ticket: ticket.state in PENDING)._swap_clocks(before)
