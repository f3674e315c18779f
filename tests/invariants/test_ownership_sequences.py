# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.tests import tagged

from .ownership_lead_machine import OwnershipOfLeads
from .ownership_machine import Ownership, OwnershipPool
from .sequences import Sequences
from .test_sequences import SHRINK, part


class OwnershipSequences(Sequences):
    gates = ()
    machine = Ownership

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        group = cls.env.ref("base.group_partner_manager")
        for login in ("a", "b", "t", "km", "adm"):
            cls.users[login].group_ids = [Command.link(group.id)]
        cls.customers["dongfang"].user_id = cls.users["b"]
        cls.customers["xinghai"].user_id = cls.users["a"]
        cls.env.flush_all()

    def assert_found(self, *words, deeds=()):
        with self.assertRaises(AssertionError) as found:
            self.run_sequences(40, deeds=deeds)
        for word in words:
            self.assertIn(word, str(found.exception))


@tagged("post_install", "-at_install")
class TestOwnershipSequences(OwnershipSequences):
    """Invariant 6: a customer changes owner only by the ownership rules."""

    def test_sequences(self):
        self.run_sequences(part(4, 25), SHRINK)
        for name in ("res.partner.action_register_customer", "res.partner.write"):
            for outcome in ("done", "refused"):
                self.assertTrue(self.tally[name, outcome], (name, outcome))
        for what in ("how registered", "how taken", "how override", "given up", "merged"):
            self.assertTrue(self.reach[what], (what, self.reach))

    def test_doubles(self):
        """By chance two owned cards seldom get the same number: only what leads to it."""
        self.run_sequences(part(8, 20), SHRINK, deeds=("register", "known", "make"), length=25)
        self.assertTrue(self.reach["doubles refused"], self.reach)

    def test_hole_salesperson_is_open(self):
        """The guard of ``res.partner.write`` is gone."""
        self.patch(
            self.env.registry["res.partner"],
            "_ownership_write",
            lambda partners, user, owning: None,
        )
        self.assert_found("customer")

    def test_hole_protection_is_not_asked(self):
        """Everybody counts as lapsed."""
        original = self.env.registry["customer.registration"]._protections

        def _protections(model, partners, claimant=None):
            found = original(model, partners, claimant)
            return {
                key: type(held)(
                    owner_id=held.owner_id, since=held.since, until=held.until, mode=held.mode
                )
                for key, held in found.items()
            }

        self.patch(self.env.registry["customer.registration"], "_protections", _protections)
        self.assert_found("within his protection", deeds=("register", "write", "time_passes"))

    def test_hole_doubles_are_not_asked_for(self):
        """Whoever has registered a card may write on it what he likes."""
        self.patch(
            self.env.registry["customer.registration"],
            "_check_likeness",
            lambda model, partners, before: None,
        )
        self.assert_found("given to two people", deeds=("register", "known", "make"))


@tagged("post_install", "-at_install")
class TestOwnershipPoolSequences(OwnershipSequences):
    """Invariant 6 where lapsed customers go back to the pool: caps and waiting times too."""

    machine = OwnershipPool

    @classmethod
    def _settings(cls):
        return {
            "ownership_mode": "release",
            "ownership_days": 7,
            "ownership_cap": OwnershipPool.cap,
            "ownership_wait_days": OwnershipPool.wait,
        }

    def test_sequences(self):
        self.run_sequences(part(8, 20), SHRINK)
        for what in ("how registered", "how override", "lapsed", "caps reached"):
            self.assertTrue(self.reach[what], (what, self.reach))

    def test_hole_nobody_waits(self):
        self.patch(
            self.env.registry["customer.registration"],
            "_check_waiting",
            lambda model, company, partners, user, since, same: None,
        )
        self.assert_found("did not wait", deeds=("register", "give_up", "known", "make"))


@tagged("post_install", "-at_install")
class TestOwnershipOfLeadsSequences(OwnershipSequences):
    """Invariant 6: nor do the leads of an owned customer go to anybody else."""

    gates = ("customer_owner",)
    machine = OwnershipOfLeads

    @classmethod
    def _settings(cls):
        # The manager of the team consents, and gives nothing away by himself
        return {"ownership_lead_role_ids": [Command.set(cls.roles["general_manager"].ids)]}

    def test_sequences(self):
        self.run_sequences(part(8, 20), SHRINK, length=25)
        for name in ("crm.lead.create", "crm.lead.write", "regulation.approval.action_approve"):
            for outcome in ("done", "refused"):
                self.assertTrue(self.tally[name, outcome], (name, outcome))
        for what in ("leads of protected customers given", "leads handed over with consent"):
            self.assertTrue(self.reach[what], (what, self.reach))

    def test_hole_leads_are_open(self):
        """The gate of leads lets everything pass."""
        self.patch(
            self.env.registry["crm.lead"],
            "_gate_customer_owner",
            lambda leads, policies, **facts: {},
        )
        self.assert_found("of a protected customer")
