# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class MailActivity(models.Model):
    """The task of a hand-over in somebody's list.

    Odoo lets whoever may write on a document tick off, move and delete its activities. The
    task of a hand-over is for whom it was handed to and for the holders of the role.
    """

    _inherit = "mail.activity"

    #: what makes the task the task of this person for this document
    _handover_fields = frozenset(
        {"user_id", "res_model_id", "res_model", "res_id", "active", "date_done", "date_deadline"}
    )

    def write(self, vals):
        if not self.env.su and self._handover_fields.intersection(vals):
            self._open_handovers()._check_may_take_over()
        return super().write(vals)

    def unlink(self):
        # A document that is deleted takes its activities with it, as superuser
        if not self.env.su:
            self._open_handovers()._check_may_take_over()
        return super().unlink()

    def _action_done(self, feedback=False, attachment_ids=None):
        """Whoever ticks off a hand-over task has taken over."""
        if handovers := self._open_handovers():
            handovers._check_may_take_over()
            handovers._taken_over()
        return super()._action_done(feedback=feedback, attachment_ids=attachment_ids)

    def _open_handovers(self):
        """The open hand-overs whose tasks these are; the link is where no client writes it."""
        handovers = self.env["regulation.handover"].sudo()
        if not self.ids or not self.env["regulation.profile"]._regulated_companies():
            return handovers
        return handovers.search([("activity_id", "in", self.ids), ("state", "=", "open")])
