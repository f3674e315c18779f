# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import Command, fields
from odoo.exceptions import AccessError, UserError
from odoo.fields import Domain
from odoo.service.model import get_public_method
from odoo.tests import tagged
from odoo.tools import mute_logger

from .common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestApprovalContent(ApprovalCommon):
    """An approval counts for the content that was submitted and for no other (invariant 3)."""

    def setUp(self):
        super().setUp()
        self._regulate(self._rule("manager"), approval_tolerance=0)

    def _granted(self, **values):
        samples = self._samples(**values)
        approval = self._submit(samples)
        self._as(approval, "km").action_approve()
        self.assertEqual(samples._approvals_valid("sample"), {samples.id: approval})
        return samples, approval

    def test_change_of_a_line_voids(self):
        """Approved at 100.00, then 1.00: it counts no more, at once and for good."""
        samples, approval = self._granted()
        self._as(samples, "a").line_ids.price = 1.0
        self.assertFalse(samples._approvals_valid("sample"))
        self.assertEqual(approval.state, "approved")
        self._check_content()
        self.assertEqual(approval.state, "void")
        self._as(samples, "a").line_ids.price = 100.0
        self.assertFalse(samples._approvals_valid("sample"))
        voided = self.env["regulation.register"].search(
            [
                ("event", "=", "voided"),
                ("res_model", "=", "sample.request"),
                ("res_id", "=", samples.id),
            ]
        )
        self.assertEqual(voided.code, "sample")

    def test_every_way_to_change(self):
        partner = self.customers["beihe"].id
        for change in (
            lambda samples: samples.write({"partner_id": partner}),
            lambda samples: samples.write({"line_ids": [Command.create({"product": "X"})]}),
            lambda samples: samples.line_ids.unlink(),
            lambda samples: samples.line_ids.write({"quantity": 11}),
            lambda samples: samples.line_ids.write({"request_id": self._samples().id}),
        ):
            samples, approval = self._granted()
            change(self._as(samples, "a"))
            self._check_content()
            self.assertEqual(approval.state, "void")

    def test_what_is_no_content(self):
        samples, approval = self._granted()
        self._as(samples, "a").write({"note": "by courier", "name": "Samples"})
        self._as(samples, "a").line_ids.write({"price": 100.0})
        self._check_content()
        self.assertEqual(approval.state, "approved")

    def test_change_while_pending(self):
        samples = self._samples()
        approval = self._submit(samples)
        self._as(samples, "a").line_ids.quantity = 500
        self._check_content()
        self.assertEqual(approval.state, "void")
        self.assertEqual(approval.activity_ids.user_id, self.users["a"])
        self.assertEqual(self._submit(samples).state, "pending")

    def test_approving_what_has_changed_meanwhile(self):
        """Should a change have gone unnoticed, the decision finds it."""
        samples = self._samples()
        approval = self._submit(samples)
        self.env.cr.execute(
            "UPDATE sample_request_line SET price = 1 WHERE request_id = %s", (samples.id,)
        )
        samples.line_ids.invalidate_recordset()
        result = self._as(approval, "km").action_approve()
        self.assertEqual(result["tag"], "display_notification")
        self.assertEqual(approval.state, "void")
        self.assertNotIn("approved", approval.decision_ids.mapped("verdict"))

    def test_tolerance(self):
        """10 %: 1,000.00 may become 1,100.00, not 1,100.01; another product never."""
        self._regulate(self._rule("manager"), approval_tolerance=10)
        samples, approval = self._granted()
        line = self._as(samples, "a").line_ids
        line.price = 110.0
        self._check_content()
        self.assertEqual(approval.state, "approved")
        self.assertTrue(samples._approvals_valid("sample"))
        line.price = 110.0001  # 1,100.001: the same in the currency's decimals
        self.assertTrue(samples._approvals_valid("sample"))
        line.price = 110.01
        self.assertFalse(samples._approvals_valid("sample"))
        line.price = 90.0
        self.assertTrue(samples._approvals_valid("sample"))
        line.product = "HY"
        self.assertFalse(samples._approvals_valid("sample"))

    def test_deletion_ends_what_is_pending(self):
        samples = self._samples()
        approval = self._submit(samples)
        self._as(samples, "a").unlink()
        self.assertEqual(approval.state, "withdrawn")
        self.assertTrue(approval.decision_ids)

    def test_gate_asks_the_approval(self):
        self._regulate(self._rule("manager"), gates={"sample_approved": "enforce"})
        samples = self._samples()
        with self.assertRaisesRegex(UserError, "not approved"):
            self._as(samples, "a").action_give()
        approval = self._submit(samples)
        self._as(approval, "km").action_approve()
        line = self._as(samples, "a").line_ids
        line.price = 1.0
        with self.assertRaises(UserError):
            self._as(samples, "a").action_give()
        line.price = 100.0
        self.assertEqual(approval.state, "void")
        self._as(self._submit(samples), "km").action_approve()
        self._as(samples, "a").action_give()
        self.assertEqual(samples.state, "given")


@tagged("post_install", "-at_install")
class TestApprovalHostile(ApprovalCommon):
    """Nothing is decided through fields, context or somebody else's rights (invariant 4)."""

    def setUp(self):
        super().setUp()
        self._regulate(self._rule("manager"), gates={"sample_approved": "enforce"})
        self.samples = self._samples()
        self.approval = self._submit(self.samples)

    def _refused(self, function, *args):
        with self.assertRaises(UserError), mute_logger("odoo.models"):
            function(*args)

    def test_rows_are_not_written(self):
        for login in ("a", "km", "gm", "adm"):
            approval = self._as(self.approval, login)
            self._refused(approval.write, {"state": "approved"})
            self._refused(approval.step_ids.write, {"state": "approved"})
            self._refused(approval.decision_ids.write, {"user_id": self.users["km"].id})
            self._refused(approval.unlink)
            self._refused(approval.decision_ids.unlink)
            self._refused(approval.step_ids.write, {"user_ids": [Command.link(self.users["a"].id)]})
        self._refused(self.approval.sudo().write, {"state": "approved"})
        self._refused(self.approval.sudo().unlink)
        self.assertEqual(self.approval.state, "pending")

    def test_rows_are_not_created(self):
        values = {
            "kind_id": self.kind.id,
            "res_model": "sample.request",
            "res_id": self.samples.id,
            "company_id": self.company.id,
            "state": "approved",
            "submitted_by_id": self.users["a"].id,
            "submitted_at": fields.Datetime.now(),
            "fingerprint": self.approval.fingerprint,
        }
        for env in (self.env(user=self.users["a"]), self.env(user=self.users["adm"]), self.env(su=True)):
            self._refused(env["regulation.approval"].create, values)
            self._refused(
                env["regulation.approval.decision"].create,
                {
                    "approval_id": self.approval.id,
                    "verdict": "approved",
                    "user_id": self.users["km"].id,
                },
            )
        samples = self._as(self.samples, "a")
        self._refused(samples.write, {"approval_ids": [Command.create(values)]})
        self._refused(
            samples.write, {"approval_ids": [Command.update(self.approval.id, {"state": "approved"})]}
        )

    def test_forged_context(self):
        self.assertEqual(self.approval.state, "pending")
        forged = self._as(self.approval, "a").with_context(
            regulation_engine=True, default_state="approved", skip_approval=True
        )
        self._refused(forged.write, {"state": "approved"})
        self._refused(forged.sudo().write, {"state": "approved"})
        self._refused(forged.action_approve)
        samples = self._samples().with_context(
            default_state="approved",
            default_self_decided=True,
            default_user_ids=[Command.set(self.users["a"].ids)],
            default_decided_by_id=self.users["km"].id,
            default_submitted_by_id=self.users["km"].id,
        )
        samples.action_request_approval("sample")
        approval = samples.sudo().approval_ids
        self.assertEqual(approval.state, "pending")
        self.assertEqual(approval.step_ids.state, "pending")
        self.assertEqual(approval.step_ids.user_ids, self.users["km"])
        self.assertFalse(approval.step_ids.decided_by_id)
        self.assertEqual(approval.submitted_by_id, self.users["a"])

    def test_default_saved_by_the_user(self):
        """Everybody may save defaults for himself: not for what is sealed."""
        env = self.env(user=self.users["a"])
        env["ir.default"].set("regulation.approval", "state", "approved", user_id=True)
        env["ir.default"].set("regulation.approval", "self_decided", True, user_id=True)
        env["ir.default"].set("regulation.release", "state", "granted", user_id=True)
        env["ir.default"].set("sample.request", "state", "given", user_id=True)
        samples = self._samples()
        self.assertEqual(samples.state, "draft")
        approval = self._submit(samples)
        self.assertEqual(approval.state, "pending")
        self.assertFalse(approval.self_decided)
        release = env["regulation.release"].create(
            {
                "gate_id": env["regulation.gate"].search([("code", "=", "sample_approved")]).id,
                "res_model": "sample.request",
                "res_id": samples.id,
                "reason": "urgent",
            }
        )
        self.assertEqual(release.state, "requested")

    def test_strangers(self):
        """B is no approver: he neither sees nor decides it; an auditor sees, decides not."""
        approval = self._as(self.approval, "b")
        self.assertFalse(approval.search([("id", "=", approval.id)]))
        self._refused(approval.read, ["state"])
        self._refused(approval.action_approve)
        self._refused(approval.action_return, "no")
        self._refused(approval.action_withdraw)
        for login in ("aud", "gm", "rm", "adm"):
            seen = self._as(self.approval, login)
            self.assertTrue(seen.search([("id", "=", seen.id)]))
            self.assertFalse(seen.can_decide)
            self._refused(seen.action_approve)
        portal = self.env["res.users"].sudo().create(
            {
                "name": "Customer",
                "login": "reg_portal",
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
            }
        )
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.approval.with_user(portal).action_approve()

    def test_what_a_client_can_call(self):
        """The engine's own methods are no endpoints."""
        for model, names in {
            "regulation.approval": ("_submit", "_decide", "_apply", "_end", "_settle", "_lock"),
            "sample.request": ("_request_approval", "_tick", "_gate_pass", "_approval_granted"),
            "regulation.help.wizard": ("_fill", "_document"),
        }.items():
            for name in names:
                with self.assertRaises(AccessError):
                    get_public_method(self.env[model], name)

    def test_other_company(self):
        other = self.env["res.company"].create({"name": "Other"})
        self.users["hr"].sudo().write(
            {"company_ids": [Command.set(other.ids)], "company_id": other.id,
             "group_ids": [Command.link(self.env.ref("sales_regulation.group_regulation_manager").id)]}
        )
        found = self.env(user=self.users["hr"])["regulation.approval"].with_context(
            allowed_company_ids=other.ids
        )
        self.assertFalse(found.search([("id", "=", self.approval.id)]))

    def test_deciding_twice(self):
        approval = self._as(self.approval, "km")
        approval.action_approve()
        with self.assertRaisesRegex(UserError, "already"):
            approval.action_approve()
        with self.assertRaisesRegex(UserError, "already"):
            approval.action_refuse("no")
        self.assertEqual(self.approval.state, "approved")

    def test_submitting_without_right(self):
        """A reader of the document does not submit it."""
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self.env["regulation.profile"].with_user(self.users["a"]).search(
                [("state", "=", "active")], limit=1
            ).action_request_approval("sample")

    def test_wizards_check(self):
        """The opinion wizard is no back door."""
        wizard = self.env["regulation.approval.opinion"].with_user(self.users["gm"]).create(
            {
                "approval_ids": [Command.set(self.approval.ids)],
                "verdict": "approved",
                "opinion": "I am the boss",
            }
        )
        self._refused(wizard.action_confirm)
        self._refused(
            self.env["regulation.approval.opinion"].with_user(self.users["b"]).create,
            {
                "approval_ids": [Command.set(self.approval.ids)],
                "verdict": "approved",
                "opinion": "me too",
            },
        )

    def test_help_wizard(self):
        """The banner's button: the refusal, who helps, and both ways out."""
        samples = self._samples()
        action = samples.action_regulation_help()
        wizard = self.env["regulation.help.wizard"].with_user(self.users["a"]).browse(action["res_id"])
        line = wizard.line_ids
        self.assertEqual(line.gate_id.code, "sample_approved")
        self.assertIn("GM Zhou", line.helpers)
        self.assertTrue(line.can_approval and line.can_release)
        self._refused(line.action_request_release)  # without reason
        wizard.reason = "fair on Monday"
        line.action_request_release()
        release = self.env["regulation.release"].search(
            [("res_model", "=", "sample.request"), ("res_id", "=", samples.id)]
        )
        self.assertEqual((release.state, release.reason), ("requested", "fair on Monday"))
        line.action_request_approval()
        approval = samples.sudo().approval_ids
        self.assertEqual((approval.state, approval.reason), ("pending", "fair on Monday"))
        again = self.env["regulation.help.wizard"].browse(samples.action_regulation_help()["res_id"])
        self.assertEqual(again.line_ids.waiting, "KM Chen Gang")
        self._as(release, "gm").action_grant()
        samples.action_give()
        self.assertEqual(samples.state, "given")

    def test_help_wizard_asks_only_for_ones_own(self):
        """A forged wizard on a document that one may not read shows and asks nothing."""
        order = self._order("t").sudo()
        Wizard = self.env["regulation.help.wizard"].with_user(self.users["a"])
        wizard = Wizard.create({"res_model": "sale.order", "res_id": order.id})
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            wizard._fill()
        for model in ("res.partner", "ir.config_parameter", "no.such"):
            wizard = Wizard.create({"res_model": model, "res_id": 1})
            self._refused(wizard._document)


@tagged("post_install", "-at_install")
class TestDelegation(ApprovalCommon):
    """An absent approver's delegate decides for him, within the dates (O3)."""

    def setUp(self):
        super().setUp()
        self._regulate(self._rule("manager"))
        self.today = self.company._regulation_today()

    def _delegate(self, login="km", delegate="b", start=0, end=2, as_login=None, **values):
        return (
            self.env["regulation.delegation"]
            .with_user(self.users[as_login or login])
            .create(
                {
                    "user_id": self.users[login].id,
                    "delegate_id": self.users[delegate].id,
                    "date_from": self.today + timedelta(days=start),
                    "date_to": self.today + timedelta(days=end),
                    "reason": "Fair",
                    **values,
                }
            )
        )

    def _leave(self, login):
        now = fields.Datetime.now()
        return self.env["resource.calendar.leaves"].create(
            {
                "name": "Time off",
                "resource_id": self.employees[login].resource_id.id,
                "calendar_id": self.calendar.id,
                "date_from": now - timedelta(hours=1),
                "date_to": now + timedelta(days=1),
            }
        )

    def test_delegate_decides_for(self):
        approval = self._submit(self._samples())
        self.assertFalse(self._as(approval, "b").search([("id", "=", approval.id)]))
        self._delegate()
        mine = self._as(approval, "b").search([("can_decide", "=", True)])
        self.assertEqual(mine, approval)
        self.assertIn(self.users["b"], approval.activity_ids.user_id)
        self._as(approval, "b").action_approve()
        decision = approval.decision_ids[-1]
        self.assertEqual(decision.user_id, self.users["b"])
        self.assertEqual(decision.for_user_id, self.users["km"])
        self.assertEqual(approval.step_ids.decided_for_id, self.users["km"])

    def test_dates(self):
        approval = self._submit(self._samples())
        for start, end in ((1, 2), (-3, -1)):
            self._delegate(start=start, end=end)
            self.assertFalse(self._as(approval, "b").search_count([("can_decide", "=", True)]))
            with self.assertRaises(AccessError):
                self._as(approval, "b").action_approve()

    def test_closes_by_itself(self):
        approval = self._submit(self._samples())
        delegation = self._delegate(start=-1)
        self.assertTrue(self._as(approval, "b").can_decide)
        self._as(delegation, "km").date_to = self.today - timedelta(days=1)
        self.env.invalidate_all()
        self.assertFalse(self._as(approval, "b").search([("id", "=", approval.id)]))
        with self.assertRaises(AccessError):
            self._as(approval, "b").action_approve()

    def test_delegate_of_the_approver_submitted_it(self):
        """B submits, his manager has delegated to B: B still does not decide."""
        self._delegate()
        approval = self._submit(self._samples("b"), "b")
        self.assertFalse(self._as(approval, "b").can_decide)
        with self.assertRaises(AccessError):
            self._as(approval, "b").action_approve()

    def test_only_while_absent(self):
        approval = self._submit(self._samples())
        self._delegate(when_absent=True)
        self.assertFalse(self._as(approval, "b").can_decide)
        self._leave("km")
        self.env.invalidate_all()
        self.assertTrue(self._as(approval, "b").can_decide)

    def test_absent_without_delegate(self):
        """Sick and nobody named: the superior decides for him."""
        self._leave("km")
        approval = self._submit(self._samples())
        self.assertIn(self.users["rm"], approval.activity_ids.user_id)
        self._as(approval, "rm").action_approve()
        self.assertEqual(approval.step_ids.decided_for_id, self.users["km"])

    def test_nobody_delegates_for_another(self):
        with self.assertRaises(AccessError):
            self._delegate(as_login="b")
        with self.assertRaises(AccessError):
            self._delegate(as_login="rm")
        self.assertTrue(self._delegate(as_login="adm"))

    def test_the_administrator_is_not_the_delegate_he_enters(self):
        """Who enters who decides for an absent one does not decide himself."""
        with self.assertRaises(AccessError):
            self._delegate(as_login="adm", delegate_id=self.users["adm"].id)
        Delegation = self.env["regulation.delegation"].with_user(self.users["adm"])
        with self.assertRaises(AccessError):
            Delegation.with_context(default_delegate_id=self.users["adm"].id).create(
                {
                    "user_id": self.users["km"].id,
                    "date_from": fields.Date.today(),
                    "date_to": fields.Date.today(),
                    "reason": "Fair",
                }
            )

    def test_delegation_is_not_rewritten(self):
        delegation = self._delegate()
        with self.assertRaises(UserError):
            delegation.delegate_id = self.users["t"]
        with self.assertRaises(UserError):
            delegation.unlink()
        with self.assertRaises(AccessError), mute_logger("odoo.models"):
            self._as(delegation, "b").write({"date_to": self.today + timedelta(days=90)})

    def test_no_chain(self):
        """The delegate of a delegate is none."""
        approval = self._submit(self._samples())
        self._delegate("km", "b")
        self._delegate("b", "t")
        self.assertFalse(self._as(approval, "t").can_decide)
        with self.assertRaises(AccessError):
            self._as(approval, "t").action_approve()


@tagged("post_install", "-at_install")
class TestApprovalCost(ApprovalCommon):
    """As many queries for 80 documents as for one, as the least privileged user."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._regulate(
            cls._rule("manager"),
            checklist_item_ids=[
                Command.create({"kind": "sample", "code": "a", "name": "A", "required": False}),
                Command.create({"kind": "sample", "code": "b", "name": "B", "required": False}),
                Command.create(
                    {"kind": "sample", "code": "sample_address", "name": "Address", "automatic": True}
                ),
            ],
        )
        cls.many = cls.env["sample.request"].browse(
            [cls._samples(quantity=number).id for number in range(1, 81)]
        )
        cls._as(cls.many, "a").action_request_approval("sample")
        approvals = cls.many.sudo().approval_ids
        cls._as(approvals[:40], "km").action_approve()
        for samples in cls.many[:10]:
            for item in samples.sudo()._checklist_items("sample")[samples.id][:2]:
                if not item.automatic:
                    cls._as(samples, "a").action_tick(item.id)

    def _queries(self, function):
        function()
        self.env.flush_all()
        self.env.invalidate_all()
        start = self.env.cr.sql_log_count
        function()
        return self.env.cr.sql_log_count - start

    def _same(self, function):
        """``function(records)`` costs as much for 80 as for one."""
        one = self._queries(lambda: function(self._as(self.many[:1], "a")))
        many = self._queries(lambda: function(self._as(self.many, "a")))
        self.assertLessEqual(many, one + 1, "queries for 80 against 1")

    def test_valid(self):
        self._same(lambda samples: samples._approvals_valid("sample"))

    def test_needed(self):
        self._same(lambda samples: samples._approvals_needed("sample"))

    def test_missing(self):
        self._same(lambda samples: samples._checklist_missing("sample"))

    def test_document_list(self):
        names = ["name", "approval_count", "approval_pending", "checklist_progress", "regulation_held"]
        self._same(lambda samples: samples.read(names))

    def test_approval_list(self):
        names = [
            "name", "kind_id", "state", "amount", "due_at", "is_overdue", "waiting_for",
            "can_decide", "needs_opinion", "can_withdraw", "deputy_ids", "is_unresolved", "done_rate",
        ]
        Approval = self.env["regulation.approval"].with_user(self.users["a"])

        def page(limit):
            return Approval.search([("submitted_by_id", "=", self.users["a"].id)], limit=limit).read(
                names
            )

        self.assertEqual(len(page(80)), 80)
        one, many = self._queries(lambda: page(1)), self._queries(lambda: page(80))
        self.assertLessEqual(many, one + 1)

    def test_work_list(self):
        domain = Domain("can_decide", "=", True)
        Approval = self.env["regulation.approval"].with_user(self.users["km"])
        self.assertEqual(Approval.search_count(domain), 40)

    def test_nothing_without_regulation(self):
        """A document of a company without regulation costs no query at all."""
        self.env.cr.execute("UPDATE regulation_profile SET state = 'retired'")
        self.env.invalidate_all()
        self.env.registry.clear_cache("stable")
        self.env["regulation.profile"]._regulated_companies()
        samples = self._as(self.many, "a")
        samples.mapped("note")
        start = self.env.cr.sql_log_count
        samples._approval_content_changed()
        samples.mapped("approval_count")
        samples.mapped("checklist_progress")
        self.assertEqual(self.env.cr.sql_log_count, start)
