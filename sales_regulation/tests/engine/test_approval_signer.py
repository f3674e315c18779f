# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalSigner(ApprovalCommon):
    """A decider adds one more named person (C02, 加簽); approvers are notified (C03)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._regulate(
            cls._rule("manager", days_allowed=2),
            cls._rule("role", 20, role="deputy_general_manager"),
        )

    def _add(self, approval, login, signer, reason="He knows the product."):
        return self._as(approval, login).action_add_signer(self.users[signer].id, reason)

    def test_signer_decides_beside(self):
        """Both the manager and the signer have to say yes, then it goes on as before."""
        samples = self._samples()
        approval = self._submit(samples)
        self._add(approval, "km", "leg", "Are samples of this chip allowed there?")
        step = approval.step_ids.filtered("added_by_id")
        self.assertEqual(step.user_ids, self.users["leg"])
        self.assertEqual(step.added_by_id, self.users["km"])
        self.assertEqual(step.state, "pending")
        self.assertTrue(step.due_at)
        self.assertTrue(self._as(approval, "leg").can_decide)
        self._as(approval, "km").action_approve()
        self.assertEqual(approval.step_ids.mapped("state"), ["approved", "pending", "waiting"])
        self.assertFalse(samples._approvals_valid("sample"))
        self._as(approval, "leg").action_approve("They are.")
        self.assertEqual(approval.step_ids[-1].state, "pending")
        self._as(approval, "dgm").action_approve()
        self.assertEqual(approval.state, "approved")
        self.assertTrue(samples._approvals_valid("sample"))

    def test_signer_may_refuse(self):
        approval = self._submit(self._samples())
        self._add(approval, "km", "leg")
        self._as(approval, "leg").action_refuse("Export control.")
        self.assertEqual(approval.state, "refused")

    def test_on_record(self):
        samples = self._samples()
        approval = self._submit(samples)
        self._add(approval, "km", "leg", "Export control?")
        decision = approval.decision_ids[-1]
        self.assertEqual(decision.verdict, "signer")
        self.assertEqual(decision.user_id, self.users["km"])
        self.assertIn("Export control?", decision.opinion)
        self.assertIn("LEG Liu", decision.opinion)
        row = self.env["regulation.register"].search(
            [("event", "=", "signer_added"), ("res_id", "=", samples.id)]
        )
        self.assertEqual(row.user_id, self.users["km"])
        self.assertEqual(row.subject_id, self.users["leg"])
        self.assertTrue(
            samples.message_ids.filtered(lambda message: "Export control?" in (message.body or ""))
        )

    def test_only_who_decides_now(self):
        """Not who submitted it, not who decides later, not who has decided."""
        approval = self._submit(self._samples())
        for login in ("a", "dgm", "gm", "fin"):
            with self.subTest(login=login), self.assertRaises(AccessError):
                self._add(approval, login, "leg")
        self._as(approval, "km").action_approve()
        with self.assertRaises(AccessError):
            self._add(approval, "km", "leg")

    def test_who_cannot_be_added(self):
        """Himself, who submitted it, who decides anyway, a stranger, nobody; no reason."""
        approval = self._submit(self._samples())
        portal = self.env["res.users"].create(
            {
                "name": "Portal",
                "login": "reg_signer_portal",
                "group_ids": [(6, 0, self.env.ref("base.group_portal").ids)],
                "company_id": self.company.id,
                "company_ids": [(6, 0, self.company.ids)],
            }
        )
        stranger = self.env["res.users"].create(
            {
                "name": "Stranger",
                "login": "reg_signer_stranger",
                "company_id": self.env.ref("base.main_company").id,
                "company_ids": [(6, 0, self.env.ref("base.main_company").ids)],
            }
        )
        for user in (self.users["km"], self.users["a"], portal, stranger, self.users["km"].browse(0)):
            with self.subTest(user=user.login), self.assertRaises(UserError):
                self._as(approval, "km").action_add_signer(user.id, "please")
        with self.assertRaises(UserError):
            self._add(approval, "km", "leg", "  ")
        self._add(approval, "km", "leg")
        with self.assertRaises(UserError):
            self._add(approval, "km", "leg")
        with self.assertRaises(UserError):
            self._add(approval, "leg", "km")
        self.assertEqual(len(approval.step_ids.filtered("added_by_id")), 1)

    def test_nobody_writes_the_step(self):
        approval = self._submit(self._samples())
        with self.assertRaises(AccessError):
            self._as(self.env["regulation.approval.step"], "km").create(
                {"approval_id": approval.id, "name": "mine", "added_by_id": self.users["gm"].id}
            )

    def test_wizard(self):
        approval = self._submit(self._samples())
        action = self._as(approval, "km").action_ask_signer()
        wizard = (
            self._as(self.env["regulation.approval.signer"], "km")
            .with_context(**action["context"])
            .create({"user_id": self.users["leg"].id, "reason": "Export control?"})
        )
        wizard.action_confirm()
        self.assertEqual(approval.step_ids.filtered("added_by_id").user_ids, self.users["leg"])

    # === NOTIFICATIONS === #

    def _notified(self, login, approval):
        return self.env["mail.notification"].search(
            [
                ("res_partner_id", "=", self.users[login].partner_id.id),
                ("mail_message_id.model", "=", "regulation.approval"),
                ("mail_message_id.res_id", "in", approval.ids),
            ]
        )

    def _send(self):
        with self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_notify_approvers").method_direct_trigger()

    def test_approver_is_notified_after_the_commit(self):
        """By mail or in the inbox, as he prefers; once, though approvers are found again."""
        self.users["km"].notification_type = "email"
        self.users["leg"].notification_type = "inbox"
        approval = self._submit(self._samples())
        self.assertFalse(self._notified("km", approval))
        self._send()
        mail = self._notified("km", approval)
        self.assertEqual(mail.notification_type, "email")
        self.assertEqual(mail.mail_message_id.author_id, self.users["a"].partner_id)
        self.assertFalse(self._notified("dgm", approval))
        self._add(approval, "km", "leg")
        approval.action_find_approvers()
        self._send()
        self._send()
        self.assertEqual(self._notified("km", approval), mail)
        self.assertEqual(self._notified("leg", approval).notification_type, "inbox")

    def test_many_at_once_are_one_message(self):
        approvals = self._submit(self._samples(), "a")
        for _number in range(11):
            approvals |= self._submit(self._samples(), "a")
        self._send()
        self.assertFalse(self._notified("km", approvals))
        messages = self.env["mail.message"].search(
            [("partner_ids", "in", self.users["km"].partner_id.ids)]
        )
        self.assertEqual(len(messages), 1)
        self.assertIn("12", messages.subject)
