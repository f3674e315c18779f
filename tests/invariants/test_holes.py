# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A proof that cannot fail proves nothing: the machine finds holes made on purpose."""

from dataclasses import replace

from odoo.tests import tagged

from .sequences import Sequences

#: a hole is found within so many sequences, or the machine does not see it
ENOUGH = 60


class Holes(Sequences):
    """Each test takes one guard away and expects the machine to notice."""

    def take_away(self, model, method, replacement):
        self.patch(self.env.registry[model], method, replacement)

    def assert_found(self, *words, **settings):
        """The machine breaks an invariant, and says which."""
        with self.assertRaises(AssertionError) as found:
            self.run_sequences(ENOUGH, **settings)
        for word in words:
            self.assertIn(word, str(found.exception))


@tagged("post_install", "-at_install")
class TestHoles(Holes):
    """What is found at once."""

    def test_nothing_is_found_without_a_hole(self):
        self.run_sequences(3)
        self.assertTrue(self.reach["orders confirmed"])

    def test_order_confirmed_without_its_gates(self):
        original = self.env.registry["sale.order"]._gate_pass

        def _gate_pass(records, stage, **facts):
            return None if stage == "confirm" else original(records, stage, **facts)

        self.take_away("sale.order", "_gate_pass", _gate_pass)
        self.assert_found("confirmed")

    def test_goods_leave_unasked(self):
        self.take_away("stock.move.line", "_regulation_ask", lambda lines, leaving: None)
        self.assert_found("paid")

    def test_a_default_says_nothing(self):
        """Lines that a default puts on a confirmed order are not seen by its guard."""
        guard = self.env.registry["sale.order.line"]._guard_added

        def _guard_added(lines, vals_list):
            default = lines.env.context.get("default_order_id")
            return guard(lines, [vals for vals in vals_list if vals.get("order_id") != default])

        self.take_away("sale.order.line", "_guard_added", _guard_added)
        self.assert_found("changed after its confirmation", deeds=("add_by_default", "properly"))

    def test_goods_without_price_are_free(self):
        self.take_away("product.product", "_payment_worthless", lambda products, company: True)
        self.assert_found("paid", deeds=("sell_a_package",))

    def test_every_content_looks_the_same(self):
        """Approvals that are not bound to what the approver saw."""
        self.take_away("regulation.fingerprint", "_digest", lambda service, content: "same")
        self.assert_found("order", deeds=("approve_and_change", "price_properly"))


@tagged("post_install", "-at_install", "long")
class TestHolesOfEditing(Holes):
    """Where confirmed orders are edited."""

    modes = {"order_change": "off"}

    def test_what_is_edited_is_not_judged(self):
        self.take_away("sale.order", "_pass_edited", lambda orders, before: None)
        self.assert_found("changed", fixed=False, deeds=("write_line", "properly"))


@tagged("post_install", "-at_install", "long")
class TestMoreHoles(Holes):
    """One guard after the other."""

    def test_a_deviation_is_granted_to_the_whole_order(self):
        """What was granted for one line, and for so much of it, is granted for everything."""

        def beyond(price, granted, own, digits):
            return price if price.discount > granted.discount else replace(price, discount=0.0)

        order = self.env["sale.order"].create({"partner_id": self.customers["xinghai"].id})
        self.patch(type(order._price_facts()[order.id]), "beyond", beyond)
        self.assert_found("below list", deeds=("price_properly", "change_properly"))

    def test_credit_is_not_measured(self):
        self.take_away("sale.order", "_gate_credit", lambda orders, policies, **facts: {})
        self.assert_found("Nanfeng owes")

    def test_order_review_is_not_asked(self):
        self.take_away("sale.order", "_gate_order_review", lambda orders, policies, **facts: {})
        self.assert_found("without review")

    def test_price_is_not_judged(self):
        self.take_away("sale.order", "_gate_price_authority", lambda orders, policies, **facts: {})
        self.assert_found("below list")

    def test_confirmed_orders_are_open(self):
        self.take_away("sale.order", "_gate_order_change", lambda orders, policies, **facts: {})
        self.assert_found("changed after its confirmation")

    def test_payment_is_not_asked(self):
        self.take_away(
            "stock.picking", "_gate_payment_before_shipment", lambda pickings, policies, **facts: {}
        )
        self.assert_found("paid")

    def test_release_opens_twice(self):
        """A used release still covers: it passes the gate once more."""
        Release = self.env.registry["regulation.release"]
        match = Release._match

        def _match(releases, refusals):
            releases.env.cr.execute(
                "UPDATE regulation_release SET state = 'granted' WHERE state = 'used'"
            )
            releases.invalidate_model(["state"])
            return match(releases, refusals)

        self.take_away("regulation.release", "_match", _match)
        self.assert_found("release")

    def test_release_is_not_used_up(self):
        def _consume(releases, refusals):
            return None

        self.take_away("regulation.release", "_consume", _consume)
        self.assert_found()

    def test_anybody_grants_releases(self):
        self.take_away("regulation.release", "_check_role", lambda releases: None)
        self.assert_found("granted by")

    def test_approving_oneself(self):
        prepare = self.env.registry["regulation.approval"]._prepare_approval

        def _prepare_approval(approvals, kind, row, now):
            return {**prepare(approvals, kind, row, now), "interested_ids": False}

        self.take_away("regulation.approval", "_prepare_approval", _prepare_approval)
        self.assert_found("own document approved")

    def test_approved_without_a_decision(self):
        """Whoever asks for an approval has it."""
        ask = self.env.registry["sale.order"].action_request_approval

        def action_request_approval(orders, kind, reason=""):
            result = ask(orders, kind, reason)
            orders.env.flush_all()
            orders.env.cr.execute(
                "UPDATE regulation_approval SET state = 'approved'"
                " WHERE res_model = 'sale.order' AND res_id = ANY(%s)",
                [orders.ids],
            )
            return result

        self.take_away("sale.order", "action_request_approval", action_request_approval)
        self.assert_found("approved by nobody")

    def test_evidence_is_overwritten(self):
        """A step rewrites rows of the register."""
        confirm = self.env.registry["sale.payment.allocation"].action_confirm

        def action_confirm(allocations):
            allocations.env.cr.execute("UPDATE regulation_register SET code = 'x' WHERE id > 0")
            return confirm(allocations)

        self.take_away("sale.payment.allocation", "action_confirm", action_confirm)
        self.assert_found("was changed or deleted")

    def test_register_may_be_written(self):
        """Neither append-only nor closed by access rights."""
        register = "regulation.register"
        self.take_away(register, "_check_sealed", lambda rows, vals, creating=False: None)
        self.take_away(register, "_unlink_except_evidence", lambda rows: None)
        self.take_away(register, "_check_access", lambda rows, operation: None)
        self.assert_found("regulation_register")

    def test_somebody_else_is_recorded(self):
        record = self.env.registry["regulation.register"]._record
        manager = self.users["gm"]

        def _record(register, *args, **kwargs):
            return record(register.with_user(manager).sudo(), *args, **kwargs)

        self.take_away("regulation.register", "_record", _record)
        self.assert_found("names")

    def test_money_is_allocated_twice(self):
        self.take_away("sale.payment.allocation", "_check_left", lambda allocations: None)
        self.assert_found("it is worth")
