# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, tools


class RegulationHandoverRule(models.Model):
    """Who has to do something when an event happens to a document, and until when."""

    _name = "regulation.handover.rule"
    _description = "Hand-over Rule"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, event, sequence, id"
    _rec_name = "summary"

    sequence = fields.Integer(default=10)
    event = fields.Char(
        required=True,
        help="Code of what happens: order_confirmed, order_changed, dispatch_issued, ...",
    )
    role_id = fields.Many2one(
        comodel_name="regulation.role", string="Task for", required=True, ondelete="restrict"
    )
    summary = fields.Char(string="Task", required=True, translate=True)
    deadline_code = fields.Char(
        string="Deadline",
        help="Code of a deadline of this regulation. It begins when the event happens.",
    )

    @api.model
    @tools.ormcache("profile_id", cache="stable")
    def _ids_by_event(self, profile_id):
        found = {}
        for rule in self.sudo().search([("profile_id", "=", profile_id)]):
            found.setdefault(rule.event, []).append(rule.id)
        return {event: tuple(ids) for event, ids in found.items()}

    @api.model
    def _for_event(self, profile_ids, event):
        """The rules of these profiles for an event, one per role and task."""
        rules = self.sudo().browse(
            rule for profile in profile_ids for rule in self._ids_by_event(profile).get(event, ())
        )
        if len(profile_ids) < 2:
            return rules
        seen = {}
        for rule in rules:
            seen.setdefault((rule.role_id, rule.summary), rule)
        return self.browse().concat(*seen.values())
