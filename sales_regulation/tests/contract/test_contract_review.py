# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import SCAN, ContractCommon


@tagged("post_install", "-at_install")
class TestContractReview(ContractCommon):
    """C19, C20: terms, reviews in their order, what a change does, sending and signing."""

    def test_terms(self):
        """S0-74, S4-288: a missing mandatory term stops the submission and is named."""
        contract = self._drafted(complete=False)
        self.assertEqual(contract.term_progress, "5/6")
        self.assertEqual(contract.missing_terms, "Delivery time")
        self.assertIn("Delivery time", contract.regulation_notice)
        with self.assertRaisesRegex(UserError, "Delivery time"):
            contract.action_submit()
        contract.delivery_date = "2030-01-31"
        self.assertFalse(contract.missing_terms)
        contract.action_submit()
        self.assertEqual(contract.state, "business")

    def test_manager_then_legal(self):
        """S0-75, S0-76, S4-318: business first, then legal; each with its checklist."""
        contract = self._drafted()
        contract.action_submit()
        self.assertFalse(self._pending(contract, "contract_legal"))
        approval = self._pending(contract, "contract_business")
        with self.assertRaises(UserError):  # nothing ticked
            self._as(approval, "km").action_approve()
        for login in ("a", "leg", "b"):
            with self.assertRaises(AccessError):
                self._as(approval, login).action_approve()
        self._decide(contract, "contract_business", "km")
        self.assertEqual(contract.state, "legal")
        legal = self._pending(contract, "contract_legal")
        self.assertEqual(legal.submitted_by_id, self.users["a"])
        with self.assertRaises(UserError):  # the opinion is mandatory
            self._as(legal, "leg").action_return("")
        self._decide(contract, "contract_legal", "leg")
        self.assertEqual(contract.state, "approved")

    def test_return_and_next_version(self):
        """S4-199: what legal returns comes back as version 2, reviewed by both again."""
        contract = self._drafted()
        contract.action_submit()
        self._decide(contract, "contract_business", "km")
        self._decide(
            contract, "contract_legal", "leg", "action_return", opinion="Liability is missing"
        )
        self.assertEqual(contract.state, "returned")
        self.assertEqual(contract.version, 1)
        with self.assertRaises(UserError):
            contract.action_mark_sent()
        contract.liability_terms = "0.05 % a day"
        contract.action_submit()
        self.assertEqual(contract.version, 2)
        self.assertEqual(contract.state, "business")
        self._decide(contract, "contract_business", "km")
        self._decide(contract, "contract_legal", "leg")
        self.assertEqual(contract.state, "approved")
        self.assertEqual(contract.version_ids.mapped("number"), [2, 1])
        self.assertIn("0.05 % a day", contract.version_ids[0].body)
        self.assertNotIn("0.05 % a day", contract.version_ids[1].body)

    def test_unchanged_after_return(self):
        """What the manager approved is not asked for again while the text is the same."""
        contract = self._drafted()
        contract.action_submit()
        self._decide(contract, "contract_business", "km")
        self._decide(contract, "contract_legal", "leg", "action_return", opinion="A question")
        contract.action_submit("Answered")
        self.assertEqual(contract.state, "legal")
        self.assertEqual(contract.version, 1)

    def test_changed_and_submitted_at_once(self):
        """The approval of the text before ends late: what was submitted since stays submitted."""
        contract = self._drafted()
        contract.action_submit()
        self._decide(contract, "contract_business", "km")
        self._decide(contract, "contract_legal", "leg", "action_return", opinion="Liability")
        contract.liability_terms = "0.05 % a day"
        contract.action_submit()
        self.env.cr.precommit.run()
        self.assertEqual(contract.state, "business")
        self.assertTrue(self._pending(contract, "contract_business"))

    def test_further_approval_by_amount(self):
        """The general manager decides too from an amount on."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self.profile = type(self)._contract_profile(
            rules=(
                ("contract_business", "sales_manager", 0.0),
                ("contract_legal", "legal", 0.0),
                ("contract_final", "general_manager", 5000.0),
            )
        )
        small = self._reviewed(self._drafted())
        self.assertEqual(small.state, "approved")
        large = self._drafted(self._order("a", quantity=50))
        self._reviewed(large)
        self.assertEqual(large.state, "final")
        with self.assertRaisesRegex(UserError, "further approval"):
            large._gate_pass("send")
        self._decide(large, "contract_final", "gm")
        self.assertEqual(large.state, "approved")

    def test_change_voids(self):
        """A change after the review voids it, by the form, by a line, by a new line."""
        changes = (
            lambda contract: contract.write({"delivery_date": "2030-02-28"}),
            lambda contract: contract.line_ids.write({"price_unit": 99.0}),
            lambda contract: contract.line_ids.copy({"contract_id": contract.id}),
            lambda contract: contract.line_ids.unlink(),
            lambda contract: contract.write(
                {"line_ids": [(1, contract.line_ids.id, {"quantity": 11})]}
            ),
        )
        for change in changes:
            contract = self._reviewed(self._drafted())
            change(contract)
            self.env.cr.precommit.run()
            self.assertEqual(contract.state, "draft")
            self.assertFalse(contract._approvals_valid("contract_legal"))
            with self.assertRaises(UserError):
                contract._gate_pass("send")

    def test_there_and_back(self):
        """A text that is the same again is the one that was approved."""
        contract = self._reviewed(self._drafted())
        line = contract.line_ids
        line.write({"price_unit": 99.0})
        line.write({"price_unit": 100.0})
        self.env.cr.precommit.run()
        self.assertEqual(contract.state, "approved")

    def test_steps_to_the_signature(self):
        """S0-77, S0-78: neither sent before legal nor signed before the reconfirmation."""
        contract = self._drafted()
        sign = {"signer_name": "Lin Hai", "scan": SCAN}
        for step in (
            contract.action_mark_sent,
            contract.action_send,
            lambda: contract.action_sign(sign),
            lambda: contract.action_reconfirm({"with": "Lin"}),
        ):
            with self.assertRaises(UserError):
                step()
        self._reviewed(contract)
        contract.action_mark_sent()
        with self.assertRaisesRegex(UserError, "not reconfirmed"):
            contract.action_sign(sign)
        contract.action_reconfirm({"with": "Ms. Lin, by phone"})
        with self.assertRaises(UserError):
            contract.action_sign({"signer_name": "Lin Hai"})
        contract.action_sign(sign)
        self.assertEqual(contract.state, "signed")
        self.assertEqual(contract.signed_by_name, "Lin Hai")
        signature = contract.signature_ids
        self.assertEqual(signature.fingerprint, contract.signed_fingerprint)
        self.assertEqual(len(signature.scan_hash), 64)
        for change in (
            lambda: contract.write({"delivery_date": "2031-01-01"}),
            lambda: contract.line_ids.write({"quantity": 1}),
            lambda: contract.write({"line_ids": [(5,)]}),
            lambda: contract.line_ids.unlink(),
            lambda: signature.write({"signer_name": "Somebody"}),
            lambda: contract.version_ids.unlink(),
            lambda: contract.unlink(),
        ):
            with self.assertRaises(UserError):
                change()

    def test_sealed(self):
        """Nobody writes a step, by whatever route."""
        contract = self._drafted()
        for vals in (
            {"state": "signed"},
            {"signed_fingerprint": "x"},
            {"reconfirmed_fingerprint": contract._content_digests()[contract.id]},
            {"amount_untaxed": 1.0},
            {"parent_fingerprint": "x"},
        ):
            for user in (self.users["a"], self.users["gm"], self.env.user):
                with self.assertRaises(AccessError):
                    contract.with_user(user).sudo().write(vals)
        with self.assertRaises(AccessError):
            self.env["sales.contract"].with_user(self.users["a"]).create(
                {"partner_id": self.customers["xinghai"].id, "state": "signed"}
            )
        forged = (
            self.env["sales.contract"]
            .with_user(self.users["a"])
            .with_context(default_state="signed")
            .create({"partner_id": self.customers["xinghai"].id})
        )
        self.assertEqual(forged.state, "draft")

    def test_nobody_jumps_the_queue(self):
        """Legal is not asked before the manager, nor is an approval asked for past the button."""
        contract = self._drafted()
        for kind in ("contract_business", "contract_legal"):
            with self.assertRaises(UserError):
                contract.action_request_approval(kind)
