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
    def _rows_by_event(self, profile_id):
        """``{event: ((rule id, role id, task), ...)}`` of a profile."""
        found = {}
        rules = self.sudo().with_context(lang=None).search([("profile_id", "=", profile_id)])
        for rule in rules:
            found.setdefault(rule.event, []).append((rule.id, rule.role_id.id, rule.summary))
        return {event: tuple(rows) for event, rows in found.items()}

    @api.model
    def _for_event(self, profile_ids, event):
        """``[(rule id, role id, profile id), ...]`` of these profiles, one per role and task."""
        found = {}
        for profile in profile_ids:
            for rule, role, task in self._rows_by_event(profile).get(event, ()):
                key = (role, task) if len(profile_ids) > 1 else rule
                found.setdefault(key, (rule, role, profile))
        return list(found.values())
