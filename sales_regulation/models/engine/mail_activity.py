# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MailActivity(models.Model):
    _inherit = "mail.activity"

    def _action_done(self, feedback=False, attachment_ids=None):
        """Whoever ticks off a hand-over task has taken over."""
        if self and self.env["regulation.profile"]._regulated_companies():
            # The link is on the hand-over, where no client writes it
            self.env["regulation.handover"].sudo().search(
                [("activity_id", "in", self.ids), ("state", "=", "open")]
            )._taken_over()
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)
