# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class SalesTicket(models.Model):
    """From a complaint to the measure that the table names (C46, K6)."""

    _inherit = "sales.ticket"

    def action_propose_measure(self):
        """Open a proposal for whom the complaint belongs to, with the rule of its severity.

        Nothing is proposed before it is saved; HR decides on it.
        """
        self.ensure_one()
        self.check_access("read")
        ticket = self.sudo()
        person = ticket.user_id
        rules = self.env["kpi.sanction.rule"]._rules_for(
            {ticket: (ticket.company_id, person, ticket.company_id._regulation_today())},
            "complaint",
        )[ticket]
        rule = rules.filtered(lambda one: one.severity in (False, ticket.severity))[:1]
        defaults = {
            "name": ticket.display_name,
            "kind": rule.measure_kind or "penalty",
            "user_id": person.id,
            "company_id": ticket.company_id.id,
            "res_model": ticket._name,
            "res_id": ticket.id,
            "rule_id": rule.id,
            "grade": rule.grade,
            "points": rule.points,
            "fine": rule.amount_min,
            "clause_codes": rule.clause_codes,
        }
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose a Measure"),
            "res_model": "regulation.measure",
            "view_mode": "form",
            "context": {f"default_{name}": value for name, value in defaults.items() if value},
        }
