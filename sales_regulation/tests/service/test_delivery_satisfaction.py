# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from freezegun import freeze_time

from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..shipping.test_delivery_note import DeliveryNoteCommon


@tagged("post_install", "-at_install")
class TestDeliverySatisfaction(DeliveryNoteCommon):
    """C13: the customer is asked after a delivery that he has accepted."""

    def _received(self, acceptance="accepted"):
        self.customers["xinghai"].email = "lin@xinghai.example.com"
        order = self._confirmed(10)
        with freeze_time("2026-03-19 04:00:00"):
            notice = self._shipped(order)
        with freeze_time("2026-03-21 04:00:00"):
            self._as(notice, "clk").action_record_receipt(
                {
                    "kind": "receipt",
                    "receiver_name": "Lin Hai",
                    "acceptance": acceptance,
                    "note": "See the note",
                }
            )
        self._commit_and_follow("ir_cron_satisfaction")
        return notice, self.env["rating.rating"].search(
            [("res_model", "=", "dispatch.notice"), ("res_id", "=", notice.id)]
        )

    def test_accepted(self):
        notice, rating = self._received()
        self.assertEqual(len(rating), 1)
        self.assertEqual(rating.rated_partner_id, self.users["a"].partner_id)
        mail = self.env["mail.mail"].search(
            [("recipient_ids", "in", self.customers["xinghai"].ids)], order="id desc", limit=1
        )
        self.assertIn(f"/rate/{rating.access_token}/", mail.body_html)
        for login in ("a", "clk", "gm"):
            with self.assertRaises(AccessError):
                self._as(notice, login).rating_apply(5, token=rating.access_token)
            with self.assertRaises(AccessError):
                self._as(rating, login).write({"rating": 5, "consumed": True})
        public = self.env.ref("base.public_user")
        notice.with_user(public).sudo().rating_apply(3, token=rating.access_token, feedback="Fine")
        answer = self.env["sales.satisfaction"].search([("notice_id", "=", notice.id)])
        self.assertRecordValues(
            answer,
            [
                {
                    "score": 60,
                    "satisfied": False,
                    "source": "delivery",
                    "user_id": self.users["a"].id,
                    "partner_id": self.customers["xinghai"].id,
                }
            ],
        )

    def test_refused(self):
        """Whoever refuses the goods is not asked whether he likes them."""
        _notice, rating = self._received("refused")
        self.assertFalse(rating)
