# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import tagged

from ..common import PEOPLE
from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestWorkQueue(ApprovalCommon):
    """The home of each role: what waits for it, with numbers."""

    def _queues(self, login):
        """The cards that a person sees: ``{name: card}``."""
        queues = self._as(self.env["regulation.work.queue"], login)
        return {queue.name: queue for queue in queues.search([("shown", "=", True)])}

    def _opened(self, queue):
        """What the card of this person opens."""
        action = queue.action_open()
        model = self.env[action["res_model"]].with_user(queue.env.user)
        return model.search(queue._literal(str(action["domain"])) if action.get("domain") else [])

    def test_every_card_opens_what_it_counts(self):
        """For everybody: no card leads to an error, none to another number."""
        self._regulate(self._rule("manager"))
        self._submit(self._samples())
        for login in PEOPLE:
            for name, queue in self._queues(login).items():
                with self.subTest(login=login, queue=name):
                    found = self._opened(queue)
                    if queue.domain:
                        self.assertEqual(len(found), queue.count)

    def test_every_screen_opens(self):
        """The web client asks for the views of the action first: no card refuses there."""
        for login in PEOPLE:
            for name, queue in self._queues(login).items():
                with self.subTest(login=login, queue=name):
                    action = queue.action_open()
                    model = self.env[action["res_model"]].with_user(self.users[login])
                    search = action["search_view_id"]
                    model.get_views(
                        [*action["views"], (search[0] if search else False, "search")]
                    )

    def test_shipped_queues_count_for_the_system(self):
        """Also those that nobody of the demo sees now have sound domains."""
        for queue in self.env["regulation.work.queue"].search([]):
            with self.subTest(queue=queue.name):
                queue._count(queue.domain)
                queue._count(queue.domain, queue.late_domain)

    def test_each_role_finds_its_work(self):
        """Finance confirms money, the warehouse ships, the clerk checks, HR decides."""
        for login, name in (
            ("fin", "Allocations to confirm"),
            ("wh", "To ship"),
            ("clk", "Shipping requests to check"),
            ("hr", "Measures to decide"),
            ("leg", "Clause register"),
            ("aud", "Stopped in the last 7 days"),
            ("gm", "Passed by release in the last 30 days"),
        ):
            with self.subTest(login=login):
                self.assertIn(name, self._queues(login))
        self.assertNotIn("Allocations to confirm", self._queues("a"))
        self.assertNotIn("Stopped in the last 7 days", self._queues("a"))

    def test_approval_is_on_the_list_of_who_decides(self):
        self._regulate(self._rule("manager", days_allowed=1))
        approval = self._submit(self._samples())
        card = self._queues("km")["Approvals to decide"]
        self.assertEqual(card.count, 1)
        self.assertEqual(self._opened(card), approval)
        self.assertNotIn("Approvals to decide", self._queues("b"))
        self.assertEqual(self._queues("a")["Waiting for others"].count, 1)
        self._as(approval, "km").action_return("Fewer, please.")
        self.assertNotIn("Approvals to decide", self._queues("km"))
        self.assertEqual(self._queues("a")["Came back to you"].count, 1)

    def test_work_of_others_is_not_opened(self):
        queue = self.env.ref("sales_regulation.work_queue_allocation")
        with self.assertRaises(AccessError):
            self._as(queue, "a").action_open()
        with self.assertRaises(AccessError):
            self._as(queue, "gm").write({"domain": "[]"})
