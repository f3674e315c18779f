# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError, UserError

from . import dispatch_notice_acceptance

#: before the goods have left
_WAITING = ("submitted", "checked", "issued", "finance", "released")


class DispatchNotice(models.Model):
    """Goods that cannot leave in time: who knows it says so, with the reason.

    The warehouse tells the clerk and production, the clerk the applicant, and he the
    customer (S4-335, S4-342, S4-351).
    """

    _inherit = "dispatch.notice"

    # On top of the fields sealed by the file before
    _sealed_fields = dispatch_notice_acceptance.DispatchNotice._sealed_fields | {
        "delayed_until",
        "delay_reason",
    }

    delayed_until = fields.Datetime(
        string="Delayed until",
        readonly=True,
        copy=False,
        tracking=True,
        help="When the goods can leave, as far as whoever reported the delay knows.",
    )
    delay_reason = fields.Text(string="Reason of the Delay", readonly=True, copy=False)

    def action_report_delay(self, reason, until=None):
        """Report that the goods cannot leave as asked for.

        :param str reason: what is missing
        :param until: when they can leave, if it is known (naive UTC)
        """
        self.check_access("read")
        self._check_state("delayed", *_WAITING)
        self._check_may_report_delay()
        reason = self._check_reason(reason)
        try:
            until = fields.Datetime.to_datetime(until or None)
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("%s is not a time: write it as 2026-03-21 09:00:00.", until)
            ) from error
        self._advance("delayed", reason=reason, delayed_until=until, delay_reason=reason)
        self._tell_applicant(self.env._("The shipment is delayed: inform the customer"), reason)

    def _check_may_report_delay(self):
        """Raise AccessError unless the caller checks, issues or ships notices here."""
        policies = self._regulation_policies()
        Role = self.env["regulation.role"].sudo()
        for notice in self:
            policy = policies[notice.id]
            roles = Role.browse(
                dict.fromkeys(
                    role
                    for name in ("check", "issue", "ship")
                    for role in policy.get(f"dispatch_{name}_role_ids") or ()
                )
            )
            if not policy.get("dispatch_ship_role_ids"):
                roles |= Role._code("warehouse")
            if not roles._held_by(self.env.user, notice.company_id):
                raise AccessError(
                    self.env._(
                        "%(notice)s: a delay is reported by %(roles)s.",
                        notice=notice.display_name,
                        roles=", ".join(roles.mapped("name")) or "-",
                    )
                )
