# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from ..contract.common import ContractProfiles
from .common import OpportunityCommon


@tagged("post_install", "-at_install")
class TestManagerNegotiation(ContractProfiles, OpportunityCommon):
    """C08: with a key account a manager negotiates too (S0-17, S3-49)."""

    @classmethod
    def _process_profile(cls, gates=None, **settings):
        return super()._process_profile(
            gates={"manager_negotiation": "enforce"},
            tier_ids=[
                Command.create({"tier_id": cls.env.ref(tier).id, "manager_in_negotiation": wanted})
                for tier, wanted in (
                    ("sales_regulation.ka_tier_key", True),
                    ("sales_regulation.ka_tier_secondary", False),
                )
            ],
        )

    def setUp(self):
        super().setUp()
        for customer, tier in (("xinghai", "key"), ("beihe", "secondary")):
            engine(self.env["ka.tier.assignment"]).create(
                {
                    "partner_id": self.customers[customer].id,
                    "company_id": self.company.id,
                    "tier_id": self.env.ref(f"sales_regulation.ka_tier_{tier}").id,
                    "date_from": "2020-01-01",
                }
            )

    def _contact(self, login, customer="xinghai", **values):
        contact = (
            self.env["sales.contact"]
            .with_user(self.users[login])
            .create(
                {
                    "partner_id": self.customers[customer].id,
                    "channel": "visit",
                    "content": "Terms of the contract",
                    "outcome": "reached",
                    **values,
                }
            )
        )
        contact.action_hand_in()
        return contact

    def _refused(self, call):
        with self.assertRaisesRegex(UserError, "manager takes part"), self.env.cr.savepoint():
            call()
        self.env.invalidate_all()

    def test_contract(self):
        """Stopped until the manager has recorded a contact of his own; the rep's is none."""
        contract = self._drafted()
        self._refused(contract.action_submit)
        self._contact("a")
        self._contact("tm")
        self._refused(contract.action_submit)
        self._contact("km")
        contract.action_submit()
        self.assertNotEqual(contract.state, "draft")

    def test_what_was_before_does_not_count(self):
        old = self._contact("km", happened_at=fields.Datetime.subtract(fields.Datetime.now(), days=1))
        contract = self._drafted()
        self.assertLess(old.happened_at, contract.create_date)
        self._refused(contract.action_submit)
        fresh = self._contact("km")
        fresh.action_correct("It was another customer")
        self._refused(contract.action_submit)

    def test_other_tiers(self):
        for customer in ("beihe", "nanfeng"):
            contract = self._drafted(self._order(customer=customer))
            self.assertEqual(contract.state, "draft")
            contract.action_submit()
            self.assertNotEqual(contract.state, "draft")

    def test_opportunity_is_won(self):
        lead = self._lead()
        won = self._stage("order")
        self._refused(lambda: lead.write({"stage_id": won.id}))
        self._refused(lead.action_set_won)
        lead.stage_id = self._stage("negotiation")
        self._contact("km")
        lead.stage_id = won
        self.assertEqual(lead.stage_id, won)

    def test_manager_sells_himself(self):
        lead = self._lead("km")
        self._refused(lead.action_set_won)
        self.assertNotEqual(lead.won_status, "won")
        self._contact("km")
        lead.action_set_won()
        self.assertEqual(lead.won_status, "won")

    def test_queries(self):
        leads = self.env["crm.lead"]
        for _number in range(2):
            leads |= self._lead()
        many = self.env["crm.lead"].with_user(self.users["a"]).create(
            [
                {"name": f"L{n}", "type": "opportunity", "partner_id": self.customers["xinghai"].id}
                for n in range(78)
            ]
        )
        leads |= many

        def count(records):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            moves = {lead.id: (0, 3) for lead in records}
            self.assertTrue(records._gate_refusals("advance", moves=moves))
            return self.env.cr.sql_log_count - before

        count(leads)
        self.assertEqual(count(leads), count(leads[:1]))
