# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest

from odoo import SUPERUSER_ID, Command, api
from odoo.exceptions import UserError
from odoo.tests import BaseCase, get_db_name, tagged

from .contract_machine import GATES
from .parallel import ParallelWorld

SIGN = {"signer_name": "Lin Hai", "scan": "JVBERi0xLjQgc2lnbmVk"}
REASON = {"reason_kind": "market", "reason": "x", "customer_consent": "Ms. Lin"}


class ContractWorld(ParallelWorld):
    gates = GATES

    @classmethod
    def _build_world(cls):
        super()._build_world()
        # Two people of legal
        cls.env["regulation.role.assignment"].create(
            {
                "role_id": cls.roles["legal"].id,
                "company_id": cls.company.id,
                "user_id": cls.users["sgm"].id,
                "date_from": "2020-01-01",
            }
        )


@tagged("post_install", "-at_install")
class TestContractParallel(BaseCase):
    """Invariants 1, 3 and 4 of contracts when several people act at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = ContractWorld.source_of(get_db_name())
        if not source:
            raise unittest.SkipTest("needs a database to copy: run the tests with ./dev test")
        cls.world = ContractWorld(source)
        cls.addClassCleanup(cls.world.drop)
        cls.world.build()

    def call(self, login, method, contract, *args):
        return self.world.call(login, "sales.contract", method, [contract], *args)

    def drafted(self):
        world = self.world
        with world.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            term = env.ref("account.account_payment_term_immediate").id
        [order] = world.call(
            "a",
            "sale.order",
            "create",
            [
                {
                    "partner_id": world.customer_ids["xinghai"],
                    "payment_term_id": term,
                    "order_line": [
                        Command.create({"product_id": world.product_id, "product_uom_qty": 10})
                    ],
                }
            ],
        )
        contract = world.call("a", "sale.order", "action_create_contract", [order])["res_id"]
        self.call("a", "write", contract, {"delivery_date": "2036-01-31"})
        return contract

    def submitted(self, contract=None, until="legal"):
        contract = contract or self.drafted()
        self.call("a", "action_submit", contract)
        for login, kind in (("km", "contract_business"), ("leg", "contract_legal")):
            with self.world.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                items = env["sales.contract"].browse(contract)._checklist_items(kind)[contract].ids
            for item in items:
                self.call(login, "action_tick", contract, item)
            if until and kind.endswith(until):
                break
            self.world.call(login, "regulation.approval", "action_approve", self.pending(contract))
        return contract

    def pending(self, contract):
        return [
            row[0]
            for row in self.world.rows(
                "SELECT id FROM regulation_approval WHERE res_id = %s AND state = 'pending'"
                " AND res_model = 'sales.contract'",
                contract,
            )
        ]

    def ready(self, contract=None):
        """Reviewed, sent and reconfirmed: the next step is the signature."""
        contract = self.submitted(contract, until="")
        self.call("a", "action_mark_sent", contract)
        self.call("a", "action_reconfirm", contract, {"with": "Ms. Lin"})
        return contract

    def state(self, contract):
        return self.world.rows("SELECT state FROM sales_contract WHERE id = %s", contract)[0][0]

    def refusals(self, results):
        return [result for result in results if isinstance(result, UserError)]

    def test_two_reviewers(self):
        """One of legal approves, the other returns: one of them counts."""
        contract = self.submitted()
        approval = self.pending(contract)
        results = self.world.together(
            ("leg", "regulation.approval", "action_approve", approval),
            ("sgm", "regulation.approval", "action_return", approval, "Not like this"),
        )
        self.assertEqual(len(self.refusals(results)), 1)
        returned = isinstance(results[0], UserError)
        self.assertEqual(self.state(contract), "returned" if returned else "approved")
        verdicts = self.world.rows(
            "SELECT verdict FROM regulation_approval_decision WHERE approval_id = %s"
            " AND verdict IN ('approved', 'returned')",
            approval[0],
        )
        self.assertEqual(len(verdicts), 1)

    def test_change_while_legal_approves(self):
        """Whoever comes first: what is approved is what legal saw."""
        for _number in range(3):
            contract = self.submitted()
            self.world.together(
                ("leg", "regulation.approval", "action_approve", self.pending(contract)),
                ("a", "sales.contract", "write", [contract], {"liability_terms": "none at all"}),
            )
            with self.world.registry.cursor() as cr:
                env = api.Environment(cr, SUPERUSER_ID, {})
                record = env["sales.contract"].browse(contract)
                self.assertEqual(record.state, "draft")
                self.assertFalse(record._approvals_valid("contract_legal"))
                self.assertTrue(record._gate_refusals("send"))

    def test_two_signatures(self):
        """A contract is signed once."""
        contract = self.ready()
        results = self.world.together(
            *[("a", "sales.contract", "action_sign", [contract], SIGN)] * 3
        )
        self.assertEqual(len(self.refusals(results)), 2)
        self.assertEqual(self.state(contract), "signed")
        rows = self.world.rows(
            "SELECT id FROM sales_contract_signature WHERE contract_id = %s", contract
        )
        self.assertEqual(len(rows), 1)

    def test_two_amendments(self):
        """Two amendments signed at the same moment: one counts, nothing is overwritten."""
        contract = self.ready()
        self.call("a", "action_sign", contract, SIGN)
        amendments = []
        for quantity in (12, 15):
            amendment = self.call("a", "action_amend", contract)["res_id"]
            lines = self.world.rows(
                "SELECT id FROM sales_contract_line WHERE contract_id = %s", amendment
            )
            values = {"line_ids": [Command.update(lines[0][0], {"quantity": quantity})], **REASON}
            self.call("a", "write", amendment, values)
            amendments.append(self.ready(amendment))
        results = self.world.together(
            *[("a", "sales.contract", "action_sign", [one], SIGN) for one in amendments]
        )
        self.assertEqual(len(self.refusals(results)), 1)
        states = sorted(self.state(one) for one in amendments)
        self.assertEqual(states, ["reconfirmed", "signed"])
        signed = next(n for n, one in enumerate(amendments) if self.state(one) == "signed")
        [(quantity,)] = self.world.rows(
            "SELECT quantity FROM sales_contract_line WHERE contract_id = %s", contract
        )
        self.assertEqual(quantity, (12, 15)[signed])
