# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models


class DispatchNotice(models.Model):
    """After a delivery that the customer has accepted he is asked how satisfied he is."""

    _name = "dispatch.notice"
    _inherit = ["regulation.rated", "dispatch.notice"]

    _rated_source = "delivery"

    def _record_receipt(self, kind, step, values):
        receipt = super()._record_receipt(kind, step, values)
        notice = self.sudo()
        if kind == "receipt" and notice.acceptance == "accepted" and not values.get("corrects_id"):
            self.env["sales.satisfaction.request"]._queue(notice, "satisfaction_after_delivery")
        return receipt

    def _rating_customer(self):
        self.ensure_one()
        return self.order_id.partner_id

    def _rating_person(self):
        self.ensure_one()
        return self.order_id.user_id
