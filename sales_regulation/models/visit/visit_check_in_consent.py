# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

from ...tools import engine


class VisitCheckInConsent(models.Model):
    """A person agreed that his place is recorded when he checks in, until he withdraws it."""

    _name = "visit.check.in.consent"
    _description = "Consent to Check-in"
    _inherit = ["regulation.sealed"]
    _order = "given_at desc, id desc"
    _rec_name = "user_id"

    _append_only = True

    user_id = fields.Many2one(
        comodel_name="res.users", string="Person", required=True, readonly=True, index=True
    )
    given_at = fields.Datetime(string="Given", required=True, readonly=True)
    withdrawn_at = fields.Datetime(string="Withdrawn", readonly=True)

    _running_uniq = models.UniqueIndex(
        "(user_id) WHERE withdrawn_at IS NULL", "A person consents once at a time."
    )

    # === ACTION METHODS === #

    @api.model
    def action_give(self):
        """Consent for oneself."""
        if not self._given(self.env.user):
            row = engine(self.sudo()).create(
                {"user_id": self.env.uid, "given_at": fields.Datetime.now()}
            )
            self._note(row, "given")
        return True

    def action_withdraw(self):
        """Withdraw one's own consent: from now on there is no check-in."""
        own = self.sudo().search(
            [("user_id", "=", self.env.uid), ("withdrawn_at", "=", False)]
        )
        engine(own).write({"withdrawn_at": fields.Datetime.now()})
        self._note(own, "withdrawn")
        return True

    # === BUSINESS METHODS === #

    @api.model
    def _given(self, user):
        """Whether the person consents now."""
        return bool(
            self.sudo().search_count(
                [("user_id", "=", user.id), ("withdrawn_at", "=", False)], limit=1
            )
        )

    def _note(self, rows, code):
        self.env["regulation.register"]._record("check_in_consent", rows, code=code)
