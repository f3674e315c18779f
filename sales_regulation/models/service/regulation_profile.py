# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ...tools.policy import strictest_any, strictest_max
from ..shipping.regulation_profile import _role


class RegulationProfile(models.Model):
    """What a regulation demands of complaints, inquiries and the satisfaction of customers."""

    _inherit = "regulation.profile"

    ticket_coordinator_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_ticket_coordinator_rel",
        string="Tickets Coordinated by",
        default=_role("ka_manager", "sales_manager"),
        help="Gets every complaint at once and brings the departments together: the holder for"
        " the team of the ticket. Empty: the leader of the team (協調人).",
    )
    ticket_manager_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_ticket_manager_rel",
        string="Tickets Managed by",
        default=_role("ka_manager", "sales_manager", "regional_manager", "general_manager"),
        help="May change the owner and the kind of a ticket, lower its severity, void it, and"
        " close it without an answer of the customer; never of a ticket of his own."
        " Empty: the managers of the regulation.",
    )
    ticket_no_reply_days = fields.Integer(
        string="No Reply after (days)",
        default=7,
        help="Calendar days after the last answer before a manager may close a ticket whose"
        " customer does not say whether he is satisfied.",
    )
    satisfaction_after_ticket = fields.Boolean(
        string="Ask after a Ticket",
        default=True,
        help="The customer gets a message with the answer to his ticket and is asked whether he"
        " is satisfied (滿意度).",
    )
    satisfaction_after_delivery = fields.Boolean(
        string="Ask after a Delivery",
        default=True,
        help="The customer is asked how satisfied he is when he has accepted the goods.",
    )
    satisfaction_min_answers = fields.Integer(
        string="Fewest Answers",
        default=3,
        help="With fewer answers in a period, satisfaction is 'no data' and not a figure.",
    )

    _ticket_figures = models.Constraint(
        "CHECK(ticket_no_reply_days >= 0 AND satisfaction_min_answers >= 1)",
        "Days without a reply cannot be negative, and the fewest answers are at least 1.",
    )

    @api.model
    def _strictness(self):
        return {
            **super()._strictness(),
            "ticket_no_reply_days": strictest_max,
            "satisfaction_after_ticket": strictest_any,
            "satisfaction_after_delivery": strictest_any,
            "satisfaction_min_answers": strictest_max,
        }
