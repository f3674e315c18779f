# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time

from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import engine
from . import dispatch_notice
from .dispatch_notice import RELEASED


class DispatchNotice(models.Model):
    """The delivery note in labelled copies, and the copy that comes back signed (S2-50)."""

    _inherit = "dispatch.notice"

    _sealed_fields = dispatch_notice.DispatchNotice._sealed_fields | {
        "copy_expected",
        "copy_due_at",
        "copy_returned_by_id",
    }

    copy_expected = fields.Boolean(
        string="Copy comes back",
        default=True,
        readonly=True,
        copy=False,
        help="The regulation wants a signed copy of the delivery note back in the warehouse.",
    )
    copy_due_at = fields.Datetime(
        string="Copy due back",
        readonly=True,
        copy=False,
        help="Counted from the day of the signature by the deadline “dispatch_copy”.",
    )
    copy_returned_by_id = fields.Many2one(
        comodel_name="res.users", string="Copy taken back by", readonly=True, copy=False
    )
    copy_overdue = fields.Boolean(
        compute="_compute_copy_overdue", search="_search_copy_overdue", string="Copy overdue"
    )

    # === COMPUTE METHODS === #

    @api.depends("copy_due_at", "copy_returned_on")
    def _compute_copy_overdue(self):
        now = fields.Datetime.now()
        for notice in self:
            notice.copy_overdue = bool(
                notice.copy_due_at and not notice.copy_returned_on and notice.copy_due_at < now
            )

    def _search_copy_overdue(self, operator, value):
        if operator != "in" or list(value) != [True]:
            return NotImplemented
        return [("copy_due_at", "<", fields.Datetime.now()), ("copy_returned_on", "=", False)]

    # === BUSINESS METHODS === #

    def _record_receipt(self, kind, step, values):
        self.ensure_one()
        notice = self.sudo()
        policy = self._regulation_policies()[self.id]
        values = notice._complete_proof(kind, values, policy)
        signed_before = notice.signed_on
        receipt = super()._record_receipt(kind, step, values)
        if kind == "copy":
            engine(notice).write({"copy_returned_by_id": self.env.uid})
        elif notice.signed_on != signed_before and not notice.copy_returned_on:
            notice._expect_copy(policy)
        # The caller gets the row as anybody has it, without the token
        return self.env["dispatch.receipt"].browse(receipt.id)

    def _complete_proof(self, kind, values, policy):
        """The values of a receipt with its proof; raise where the regulation misses it."""
        if kind == "copy":
            if not self.copy_expected:
                raise UserError(self.env._("No copy of this delivery note comes back."))
            if policy.get("dispatch_copy_scan") and not values.get("scan"):
                raise UserError(self.env._("Attach a scan of the copy that came back."))
            return values
        # Signed on the transfer, as stock lets people do: that signature is the proof
        if not values.get("signature") and self.picking_id.signature:
            values = {**values, "signature": self.picking_id.signature}
        if policy.get("dispatch_receipt_proof") and not (
            values.get("signature") or values.get("scan")
        ):
            raise UserError(
                self.env._("Let the customer sign, or attach a scan of the signed delivery note.")
            )
        return values

    def _expect_copy(self, policy):
        """From the day of the signature the warehouse waits for its copy."""
        self.ensure_one()
        Deadline = self.env["regulation.deadline"]
        if self.copy_due_at:
            Deadline._cancel(self, "dispatch_copy")
        copies = self._copies_of(policy)
        expected = not copies or any(copies.mapped("comes_back"))
        due_at = False
        if expected:
            # The paper gives the day only: a day that is over counts from its end
            day_end = self.company_id._regulation_utc(self.signed_on, time(23, 59, 59))
            waiting = self._who_is_next("dispatch_copy", {self.id: policy})
            due_at = Deadline._start(
                self,
                "dispatch_copy",
                start=min(day_end, fields.Datetime.now()),
                user=lambda notice: waiting[notice.id],
                policies={self.id: policy},
            ).due_at
        engine(self).write({"copy_expected": expected, "copy_due_at": due_at})

    # === PRINT === #

    @api.model
    def _copies_of(self, policy):
        return (
            self.env["regulation.dispatch.copy"]
            .sudo()
            .browse(policy.get("dispatch_copy_ids") or ())
            .sorted(lambda copy: (copy.sequence, copy.id))
        )

    def _check_printable(self):
        """The delivery note goes with the goods: not before they may leave (S2-47, S2-48)."""
        for notice in self:
            if notice.state not in RELEASED:
                raise UserError(
                    self.env._(
                        "%s: the delivery note is printed once the notice is released to the"
                        " warehouse.",
                        notice.display_name,
                    )
                )

    def _print_copies(self):
        """The copies of each delivery note: ``{id: [(number, total, label), ...]}``."""
        policies = self._regulation_policies()
        result = {}
        for notice in self:
            labels = (
                self._copies_of(policies[notice.id])
                .with_context(lang=notice._print_lang())
                .mapped("name")
            ) or [""]
            total = len(labels)
            result[notice.id] = [
                (number, total, label) for number, label in enumerate(labels, start=1)
            ]
        return result

    def _print_lang(self):
        """The language of the paper that goes to the customer."""
        self.ensure_one()
        return self.sudo().partner_shipping_id.lang or self.env.lang

    @api.model
    def _print_font(self, lang):
        """A font that has the characters of the script."""
        return {
            "zh_CN": "Noto Sans CJK SC",
            "zh_TW": "Noto Sans CJK TC",
            "zh_HK": "Noto Sans CJK HK",
        }.get(lang, "Roboto")
