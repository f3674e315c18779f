# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import UserError
from odoo.tests import tagged

from .test_ownership import OwnershipCommon


class OwnerLeadCommon(OwnershipCommon):
    """Leads while Xinghai is A's and Dongfang B's."""

    gates = {"customer_owner": "enforce"}
    day = "2026-03-05 10:00"

    @classmethod
    def _prepare_profile(cls):
        super()._prepare_profile()
        cls.profile.ownership_lead_role_ids = cls.roles["general_manager"]
        cls.profile.approval_rule_ids = [
            Command.create(
                {
                    "kind_id": cls.env.ref("sales_regulation.approval_kind_lead_handover").id,
                    "approver_type": "manager",
                }
            )
        ]

    def setUp(self):
        super().setUp()
        clock = self.at(self.day)
        clock.start()
        self.addCleanup(clock.stop)

    def lead(self, login="a", customer="xinghai", **values):
        return (
            self.env["crm.lead"]
            .with_user(self.users[login])
            .create(
                {
                    "name": "Controllers",
                    "type": "opportunity",
                    "partner_id": self.customers[customer].id if customer else False,
                    **values,
                }
            )
        )

    def refused(self, call, message="already registered"):
        with self.assertRaisesRegex(UserError, message), self.env.cr.savepoint():
            call()
        self.env.invalidate_all()


@tagged("post_install", "-at_install")
class TestOwnerLead(OwnerLeadCommon):
    """C06: a lead of an owned customer is his owner's, whatever route it takes."""

    def test_created_for_another(self):
        """By himself, by a manager, as superuser, for somebody else, with another contact."""
        b = self.users["b"].id
        buyer = self.env["res.partner"].create(
            {"name": "Buyer", "parent_id": self.customers["xinghai"].id}
        )
        self.refused(lambda: self.lead("b"), "protected until 2026-03-09")
        self.refused(lambda: self.lead("b", partner_id=buyer.id))
        self.refused(lambda: self.lead("km", user_id=b))
        self.refused(
            lambda: self.env["crm.lead"]
            .with_user(self.users["b"])
            .sudo()
            .create({"name": "Sudo", "partner_id": buyer.id, "user_id": b})
        )
        given = self.lead("km", user_id=self.users["a"].id)
        self.assertEqual(given.sudo().user_id, self.users["a"])
        self.assertEqual(self.lead("b", "dongfang").user_id, self.users["b"])
        self.assertFalse(self.lead("b", user_id=False).sudo().user_id)

    def test_given_to_another(self):
        """Written, as superuser, by whoever; the role of the regulation may."""
        lead = self.lead()
        for login in ("a", "km", "adm"):
            for record in (self._as(lead, login).sudo(), self._as(lead, login).sudo()):
                self.refused(lambda record=record: record.write({"user_id": self.users["b"].id}))
        self.assertEqual(lead.user_id, self.users["a"])
        self._as(lead, "gm").write({"user_id": self.users["b"].id})
        self.assertEqual(lead.sudo().user_id, self.users["b"])

    def test_another_customer(self):
        """A lead without customer, or of one's own, becomes that of an owned one."""
        xinghai = self.customers["xinghai"]
        for lead in (self.lead("b", None), self.lead("b", "dongfang")):
            for record in (lead, lead.sudo()):
                self.refused(lambda record=record: record.write({"partner_id": xinghai.id}))
            self.refused(
                lambda lead=lead: xinghai.with_user(self.users["b"])
                .sudo()
                .write({"opportunity_ids": [Command.link(lead.id)]})
            )

    def test_relatives_and_duplicates(self):
        """Who counts as the same customer is the owner's too (S4-091)."""
        double = self.env["res.partner"].create(
            {"name": "XINGHAI electronics", "is_company": True, "company_id": self.company.id}
        )
        self.refused(lambda: self.lead("b", partner_id=double.id))
        self.assertEqual(self.lead("a", partner_id=double.id).user_id, self.users["a"])

    def test_after_the_lapse(self):
        """The last day protects, the next does not."""
        with self.at("2026-03-09 23:59:59"):
            self.refused(lambda: self.lead("b"))
        with self.at("2026-03-10 00:00:00"):
            self.assertEqual(self.lead("b").user_id, self.users["b"])

    def test_owner_is_named_to_who_may_see(self):
        """C06: the name only to who may see whose customer it is."""
        lead = self.lead("b", None)
        xinghai = self.customers["xinghai"]
        with self.assertRaisesRegex(UserError, "Wang Fang"), self.env.cr.savepoint():
            lead.sudo().write({"partner_id": xinghai.id})
        self.env["ir.rule"].create(
            {
                "name": "Hidden",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": f"[('id', '!=', {xinghai.id})]",
            }
        )
        self.env.invalidate_all()
        with self.assertRaises(UserError) as caught, self.env.cr.savepoint():
            lead.sudo().write({"partner_id": xinghai.id})
        self.assertIn("already registered, protected until", str(caught.exception))
        self.assertNotIn("Wang Fang", str(caught.exception))

    def test_substitute(self):
        """S4-092: who stands in for the absent owner may have it, nobody else."""
        self.env["regulation.delegation"].with_user(self.users["a"]).create(
            {
                "user_id": self.users["a"].id,
                "delegate_id": self.users["b"].id,
                "date_from": "2026-03-04",
                "date_to": "2026-03-06",
                "reason": "Leave",
            }
        )
        lead = self.lead("b")
        self.assertEqual(lead.user_id, self.users["b"])
        self.refused(lambda: self.lead("t"))
        with self.at("2026-03-08 10:00"):
            self.refused(lambda: self.lead("b"))

    def test_handover_with_consent(self):
        """Within the owner's team, decided by his manager; not to another team."""
        for to, passes in (("b", True), ("t", False)):
            lead = self.lead()
            ids = lead.action_hand_over(self.users[to].id, "Knows the product")
            approval = self.env["crm.lead.handover"].browse(ids).sudo().approval_ids
            if not passes:
                self.refused(self._as(approval, "km").action_approve)
                self.assertEqual(lead.sudo().user_id, self.users["a"])
                continue
            self._as(approval, "km").action_approve()
            self.assertEqual(lead.sudo().user_id, self.users["b"])

    def test_handover_by_a_third(self):
        """A found lead of an owned customer passes to the owner only: T's manager is not his."""
        for to, passes in (("b", False), ("a", True)):
            lead = self.lead("t", None, partner_name="Xinghai Electronics")
            ids = lead.action_hand_over(self.users[to].id, "Wants controllers")
            approval = self.env["crm.lead.handover"].browse(ids).sudo().approval_ids
            if not passes:
                self.refused(self._as(approval, "tm").action_approve, "Xinghai|already registered")
                continue
            self._as(approval, "tm").action_approve()
            self.assertEqual(lead.sudo().user_id, self.users["a"])

    def test_merge(self):
        """Swallowed by another's lead, or named another's in the merge."""
        b = self.users["b"]
        mine, theirs = self.lead(), self.lead("b", None, probability=90)
        both = self._as(mine | theirs, "km")
        self.refused(lambda: both.merge_opportunity(user_id=b.id))
        self.refused(both.merge_opportunity)
        other = self.lead("b", "dongfang", probability=95)
        self.refused(lambda: self._as(mine | other, "km").merge_opportunity())
        both.merge_opportunity(user_id=self.users["a"].id)
        self.assertEqual((mine | theirs).exists().sudo().user_id, self.users["a"])

    def test_wizards(self):
        """Conversion of one and of many, to a salesperson or to a customer."""
        b = self.users["b"]
        leads = self.lead("b", None, type="lead") | self.lead(type="lead", user_id=False)
        wizard = (
            self.env["crm.lead2opportunity.partner"]
            .with_user(self.users["km"])
            .with_context(active_model="crm.lead", active_id=leads[0].id, active_ids=leads[0].ids)
            .create(
                {
                    "name": "convert",
                    "action": "exist",
                    "partner_id": self.customers["xinghai"].id,
                    "user_id": b.id,
                }
            )
        )
        self.refused(wizard.action_apply)
        mass = (
            self.env["crm.lead2opportunity.partner.mass"]
            .with_user(self.users["km"])
            .with_context(active_model="crm.lead", active_ids=leads[1].ids)
            .create({"user_ids": b.ids, "action": "each_exist_or_create", "deduplicate": False})
        )
        self.refused(mass.action_mass_convert)
        self.refused(
            lambda: self._as(leads[1], "km").convert_opportunity(
                self.customers["xinghai"], user_ids=b.ids
            )
        )

    def test_import(self):
        for model in (self.env["crm.lead"], self.env["crm.lead"].sudo()):
            result = model.with_user(self.users["km"]).load(
                ["name", "partner_id/.id", "user_id/.id"],
                [["Taken", str(self.customers["xinghai"].id), str(self.users["b"].id)]],
            )
            self.assertFalse(result["ids"])
            self.assertIn("already registered", str(result["messages"]))

    def test_by_itself_to_the_owner(self):
        """What the system creates or gives goes to the owner; it stops no mail."""
        lead = self.env["crm.lead"].create(
            {
                "name": "Form",
                "partner_id": self.customers["xinghai"].id,
                "user_id": self.users["b"].id,
            }
        )
        self.assertEqual(lead.user_id, self.users["a"])
        lead.write({"user_id": self.users["b"].id})
        self.assertEqual(lead.user_id, self.users["a"])
        rows = self.env["regulation.register"].search(
            [("event", "=", "lead_to_owner"), ("res_id", "=", lead.id)]
        )
        self.assertEqual(rows.subject_id, self.users["a"])

    def test_mail_alias(self):
        """A mail to the team does not go to its leader, but to the owner."""
        self.customers["xinghai"].email = "lin@xinghai.example"
        lead = (
            self.env["crm.lead"]
            .with_context(mail_create_nolog=True)
            .message_new(
                {
                    "subject": "Please offer",
                    "from": "lin@xinghai.example",
                    "author_id": self.customers["xinghai"].id,
                    "to": "ka@example.com",
                    "body": "Ten",
                },
                {"team_id": self.teams["ka"].id, "user_id": self.users["b"].id},
            )
        )
        lead_of_team = self.env["crm.lead"].message_new(
            {"subject": "And", "from": "x@y.example", "author_id": self.customers["xinghai"].id},
            {"team_id": self.teams["ka"].id},
        )
        self.assertEqual((lead | lead_of_team).user_id, self.users["a"])

    def test_rules_of_assignment(self):
        """They share out what belongs to nobody; also when a manager presses the button."""
        owned = self.lead("km", user_id=False, team_id=self.teams["ka"].id)
        free = self.lead("km", None, user_id=False, team_id=self.teams["ka"].id)
        leads = (owned | free).sudo()
        leads.write({"user_id": False, "team_id": self.teams["ka"].id, "date_open": False})
        self._as(self.teams["ka"], "gm")._assign_and_convert_leads(force_quota=True)
        self.assertEqual(owned.sudo().user_id, self.users["a"])
        self.assertTrue(free.sudo().user_id)

    def test_another_company(self):
        """Who is no customer of a company under regulation is nobody's."""
        sister = self.env["res.company"].create({"name": "Sister"})
        self.env.user.company_ids |= sister
        self.users["b"].company_ids |= sister
        theirs = self.env["res.partner"].create({"name": "Theirs", "company_id": sister.id})
        theirs.user_id = self.users["a"]
        lead = (
            self.env["crm.lead"]
            .with_user(self.users["b"])
            .with_context(allowed_company_ids=sister.ids)
            .create({"name": "Theirs", "partner_id": theirs.id, "company_id": sister.id})
        )
        self.assertEqual(lead.user_id, self.users["b"])

    def test_queries(self):
        """As many for 80 leads of 80 customers as for one."""
        customers = self.env["res.partner"].create(
            [{"name": f"Many {n}", "company_id": self.company.id} for n in range(80)]
        )
        customers.write({"user_id": self.users["b"].id})
        leads = self.env["crm.lead"].create(
            [
                {"name": partner.name, "partner_id": partner.id, "user_id": self.users["b"].id}
                for partner in customers
            ]
        )
        leads = self._as(leads, "b")

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            self.assertFalse(records._gate_refusals("owner"))
            return self.env.cr.sql_log_count - before

        count(leads)
        self.assertEqual(count(leads), count(leads[:1]))


@tagged("post_install", "-at_install")
class TestOwnerLeadObserved(OwnerLeadCommon):
    """In observe a lead passes, and the register notes it."""

    gates = {"customer_owner": "observe"}

    def test_noted(self):
        Register = self.env.registry["regulation.register"]
        with patch.object(Register, "_record_attempts") as noted:
            lead = self.lead("b")
        self.assertEqual(lead.user_id, self.users["b"])
        [(event, refusals)] = [call.args for call in noted.call_args_list]
        self.assertEqual(event, "observed")
        self.assertEqual([(row.gate, row.record) for row in refusals], [("customer_owner", lead)])
