# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from freezegun import freeze_time

from odoo import Command
from odoo.fields import Datetime
from odoo.tests import tagged

from .test_delivery_note import DeliveryNoteCommon


@tagged("post_install", "-at_install")
class TestDispatchLedger(DeliveryNoteCommon):
    """The shipment ledger: complete, with its rates, and no more than the notices show."""

    def _ledger(self, login="clk"):
        return self.env["dispatch.ledger"].with_user(self.users[login])

    def _row(self, notice):
        return self._ledger().search([("notice_id", "=", notice.id)])

    def test_whole_way(self):
        """Every column from the request to the returned copy (S4-349, S4-352, S4-353)."""
        order = self._confirmed(10)
        with freeze_time("2026-03-19 01:00:00"):
            notice = self._released(order)
        with freeze_time("2026-03-20 01:00:00"):
            self._validate(self._with_carrier(order.picking_ids))
        with freeze_time("2026-03-24 01:00:00"):
            notice.action_record_receipt({"date": "2026-03-21", "receiver_name": "Lin Hai"})
            self.assertTrue(self._row(notice).copy_open)
            self._as(notice, "wh").action_record_receipt({"kind": "copy"})
        self.env.invalidate_all()
        self.assertRecordValues(
            self._row(notice),
            [
                {
                    "number": notice.name,
                    "without_notice": False,
                    "picking_id": order.picking_ids.id,
                    "order_id": order.id,
                    "order_date": order.date_order,
                    "applicant_id": self.users["a"].id,
                    "handler_id": self.users["clk"].id,
                    "ship_name": "Xinghai Electronics",
                    "ship_phone": "0755 1111 0001",
                    "ship_address": notice.ship_address,
                    "product_id": self.product.id,
                    "quantity": 10,
                    "shipped_qty": 10,
                    "submitted_at": Datetime.to_datetime("2026-03-19 01:00:00"),
                    "issued_at": Datetime.to_datetime("2026-03-19 01:00:00"),
                    "finance_at": Datetime.to_datetime("2026-03-19 01:00:00"),
                    "released_at": Datetime.to_datetime("2026-03-19 01:00:00"),
                    "shipped_at": Datetime.to_datetime("2026-03-20 01:00:00"),
                    "due_at": Datetime.to_datetime("2026-03-23 09:00:00"),
                    "carrier_name": "SF Express",
                    "tracking_ref": "SF1001",
                    "signed_on": date(2026, 3, 21),
                    "receiver_name": "Lin Hai",
                    "acceptance": "accepted",
                    "on_time": 1.0,
                    "arrived_on_time": 1.0,
                    "accurate": 1.0,
                    "copy_returned_on": date(2026, 3, 24),
                    "copy_days": 3,
                    "copy_open": False,
                    "state": "received",
                }
            ],
        )

    def test_rates(self):
        """Four shipments: three arrived, of these two on time and one as ordered."""
        notices = self.env["dispatch.notice"]
        for _i in range(4):
            order = self._confirmed(10)
            with freeze_time("2026-03-20 01:00:00"):
                notices |= self._shipped(order)
        for notice, moment, values in zip(
            notices[:3],
            ("2026-03-21 01:00:00", "2026-03-23 01:00:00", "2026-03-24 01:00:00"),
            (
                {},
                {"lines": [{"line_id": notices[1].line_ids.id, "missing": 4}]},
                {"acceptance": "refused"},
            ),
            strict=True,
        ):
            with freeze_time(moment):
                self._as(notice, "clk").action_record_receipt({"receiver_name": "Lin", **values})
        domain = [("notice_id", "in", notices.ids)]
        measures = ["arrived_on_time:avg", "accurate:avg", "missing_qty:sum", "refused_qty:sum"]
        [(arrived, accurate, missing, refused)] = self._ledger()._read_group(domain, [], measures)
        self.assertAlmostEqual(arrived, 2 / 3)
        self.assertAlmostEqual(accurate, 1 / 3)
        self.assertEqual((missing, refused), (4, 10))
        # By shipment: what was not signed for yet counts nowhere
        [(arrived, accurate)] = (
            self.env["dispatch.notice"]
            .with_user(self.users["clk"])
            ._read_group([("id", "in", notices.ids)], [], measures[:2])
        )
        self.assertAlmostEqual(arrived, 2 / 3)
        self.assertAlmostEqual(accurate, 1 / 3)

    def test_corrected_quantities(self):
        """What a counter entry replaced counts no more."""
        notice = self._shipped(self._confirmed(10))
        line = notice.line_ids.id
        first = notice.action_record_receipt(
            {"receiver_name": "Lin", "lines": [{"line_id": line, "refused": 5}]}
        )
        notice.action_record_receipt(
            {
                "receiver_name": "Lin",
                "lines": [{"line_id": line, "refused": 2}],
                "corrects_id": first.id,
                "reason": "Recounted",
            }
        )
        self.assertEqual(self._row(notice).refused_qty, 2)

    def test_without_notice(self):
        """What left before a notice was demanded is in the ledger, and marked."""
        self._use(gates={"dispatch_notice": "observe", "tracking": "observe"})
        order = self._confirmed(3)
        self._validate(self._with_carrier(order.picking_ids))
        row = self._ledger().search([("order_id", "=", order.id)])
        self.assertRecordValues(
            row,
            [
                {
                    "number": order.picking_ids.name,
                    "without_notice": True,
                    "product_id": self.product.id,
                    "quantity": 3,
                    "carrier_name": "SF Express",
                    "tracking_ref": "SF1001",
                    "salesperson_id": self.users["a"].id,
                    "state": "shipped",
                    "copy_open": False,
                }
            ],
        )
        self.assertTrue(self._ledger("a").search([("id", "=", row.id)]))
        self.assertFalse(self._ledger("b").search([("id", "=", row.id)]))

    def test_outside_the_regulation(self):
        """What left before a regulation, or after its end, is nobody's business."""
        self.profile.with_user(self.users["gm"]).action_retire()
        order = self._confirmed(3)
        self._validate(order.picking_ids)
        self.assertFalse(self._ledger().search([("order_id", "=", order.id)]))

    def test_shows_what_the_notices_show(self):
        """For everybody: the notices of his ledger are the issued ones that he may read."""
        for login in ("a", "b"):
            self._shipped(self._confirmed(1, login=login))
        # Entered by somebody else for a colleague
        order = self._confirmed(1)
        order.sudo().user_id = self.users["b"]
        notice = self._released(self._confirmed(1, login="b"), login="b")
        self.assertTrue(notice)
        everything = self.env["dispatch.notice"].search([("issued_at", "!=", False)])
        seen = {}
        for login, user in self.users.items():
            if not self.env["dispatch.notice"].with_user(user).has_access("read"):
                self.assertFalse(self.env["dispatch.ledger"].with_user(user).has_access("read"))
                continue
            notices = everything.with_user(user)._filtered_access("read").ids
            rows = self._ledger(login).search([("without_notice", "=", False)])
            self.assertEqual(set(rows.notice_id.ids), set(notices), login)
            seen[login] = len(notices)
        self.assertLess(seen["a"], seen["clk"])

    def test_aggregates_of_a_rep(self):
        """Neither groups nor counts nor names tell a rep of a colleague's shipments."""
        notice = self._shipped(self._confirmed(1, login="b"))
        Ledger = self._ledger("a")
        domain = [("notice_id", "=", notice.id)]
        self.assertEqual(Ledger.search_count(domain), 0)
        self.assertFalse(Ledger._read_group(domain, ["ship_name"], ["__count"]))
        self.assertFalse(Ledger.name_search(notice.name))

    def test_two_companies(self):
        notice = self._shipped()
        other = self.env["res.company"].create({"name": "Other", "currency_id": self.cny.id})
        clerk = self.users["clk"]
        clerk.company_ids |= other
        Ledger = self.env["dispatch.ledger"].with_user(clerk)
        domain = [("notice_id", "=", notice.id)]
        self.assertFalse(Ledger.with_context(allowed_company_ids=[other.id]).search(domain))
        self.assertTrue(
            Ledger.with_context(allowed_company_ids=[other.id, self.company.id]).search(domain)
        )

    def test_queries(self):
        """80 rows cost as many queries as one."""
        notices = self.env["dispatch.notice"]
        for _i in range(80):
            notices |= self._released(self._confirmed(1))
        rows = self._ledger("wh").search([("notice_id", "in", notices.ids)])
        self.assertEqual(len(rows), 80)
        self.assertEqual(self._queries(rows[:1]), self._queries(rows))

    def _queries(self, rows):
        name = {"fields": {"display_name": {}}}
        spec = {
            field: name if self.env["dispatch.ledger"]._fields[field].type == "many2one" else {}
            for field in self.env["dispatch.ledger"]._fields
            if field not in ("create_uid", "write_uid", "create_date", "write_date")
        }
        for _round in range(2):
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            rows.web_read(spec)
            count = self.env.cr.sql_log_count - before
        return count

    # === THE ORDER === #

    def test_refused_on_the_order(self):
        """A refused or short delivery is seen on the order until it is settled."""
        notice = self._shipped(self._confirmed(10))
        order = self._as(notice.order_id, "a")
        self.assertFalse(order.dispatch_objection_notice)
        line = {"line_id": notice.line_ids.id, "refused": 3, "missing": 1, "cause": "damaged"}
        self._as(notice, "clk").action_record_receipt({"receiver_name": "Lin", "lines": [line]})
        order.invalidate_recordset()
        self.assertIn("3 refused, 1 missing", order.dispatch_objection_notice)
        self.assertIn(notice.name, order.dispatch_objection_notice)
        open_ones = [("dispatch_notice_ids.objection_ids.state", "=", "open")]
        self.assertIn(order, order.search(open_ones))
        action = order.action_view_dispatch_objections()
        self.assertEqual(order.env[action["res_model"]].search(action["domain"]).notice_id, notice)
        self._as(notice.objection_ids, "clk").action_solve("credited", "Four credited")
        order.invalidate_recordset()
        self.assertFalse(order.dispatch_objection_notice)
        self.assertEqual(order.dispatch_objection_count, 1)
        self.assertNotIn(order, order.search(open_ones))

    def test_order_queries(self):
        """80 orders cost as many queries as one, and none without a regulation."""
        orders = self.env["sale.order"]
        for _i in range(80):
            orders |= self._order()
        fields = ["dispatch_objection_count", "dispatch_objection_notice"]
        counts = []
        for some in (orders[:1], orders):
            for _round in range(2):
                self.env.invalidate_all()
                before = self.env.cr.sql_log_count
                self._as(some, "a").read(fields)
                count = self.env.cr.sql_log_count - before
            counts.append(count)
        self.assertEqual(*counts)

    def test_counted_by_copies(self):
        """A regulation without a copy that comes back has no open copies."""
        self._use(dispatch_copy_ids=[Command.create({"name": "For the customer"})])
        notice = self._shipped()
        notice.action_record_receipt({"receiver_name": "Lin"})
        self.assertFalse(self._row(notice).copy_open)
