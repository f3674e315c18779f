# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api
from odoo.exceptions import UserError
from odoo.tests import tagged

from .contract_machine import GATES, Contracts
from .sequences import Sequences
from .test_sequences import SHRINK, part


@tagged("post_install", "-at_install")
class TestContractSequences(Sequences):
    """Invariants 1, 3, 4 and 5 for contracts under generated sequences of calls."""

    gates = GATES
    machine = Contracts

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        immediate = cls.env.ref("account.account_payment_term_immediate")
        for customer in cls.customers.values():
            customer.with_company(cls.company).property_payment_term_id = immediate
        cls.env.flush_all()

    def visit(self, contract_id, signature):
        """The customer signs on the portal, as the controller does it."""
        env = api.Environment(self.env.cr, self.env.ref("base.public_user").id, {}, su=True)
        contract = env["sales.contract"].browse(contract_id)
        savepoint = self.env.cr.savepoint(flush=False)
        try:
            if contract._portal_signature_awaited():
                contract._sign_on_portal("Lin Hai", signature, "203.0.113.7")
            env.flush_all()
            self.env.cr.precommit.run()
            env.flush_all()
            self.reach[f"portal: {contract.state}"] += 1
        except UserError:
            self.env.cr.precommit.clear()
            savepoint.rollback()
        savepoint.close(rollback=False)
        self.env.cr.postcommit.clear()
        self.env.cr.postrollback.clear()
        env.transaction.clear()

    def test_sequences(self):
        self.run_sequences(part(3, 40), SHRINK)
        # Sequences that get nowhere prove nothing
        for name in (
            "sales.contract.action_submit",
            "sales.contract.action_mark_sent",
            "sales.contract.action_reconfirm",
            "sales.contract.action_sign",
            "sales.contract.action_amend",
            "sales.contract.write",
            "sale.order.action_confirm",
            "regulation.approval.action_approve",
        ):
            for outcome in ("done", "refused"):
                self.assertTrue(self.tally[name, outcome], (name, outcome))
        self.assertTrue(self.reach["portal: signed"], self.reach)
