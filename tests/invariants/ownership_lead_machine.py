# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sequences around the leads of owned customers (invariant 6)."""

import random
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from odoo.addons.sales_regulation.tests.common import PREFIX

from .machine import INDEX, deed
from .ownership_machine import Ownership

#: by what a lead is given to somebody; that a customer joins another gives nobody a lead
GIVING = {"crm.lead", "crm.lead.handover", "regulation.approval"}


class OwnershipOfLeads(Ownership):
    """Customers change hands, and meanwhile their leads are made, given, merged, handed over."""

    # Of what is done with customers only what gives leads a chance
    vars().update(
        dict.fromkeys(
            (
                *("do_forge", "do_merge", "do_make", "do_move", "do_ask", "do_decide"),
                *("do_give_up", "do_hand_over", "do_come_late"),
                *("do_known", "do_contact", "do_separate"),
            )
        )
    )

    def __init__(self):
        super().__init__()
        for table in ("crm_lead", "crm_lead_handover"):
            self.base[table] = self.case.rows(f"SELECT COALESCE(MAX(id), 0) FROM {table}")[0][0]
        self.leads_before = {}

    @initialize(seed=st.lists(st.integers(0, 255), min_size=8, max_size=8))
    def first_order(self, seed):
        self.rng = random.Random(bytes(seed))
        for who, customer in (("a", "xinghai"), ("b", "dongfang"), ("t", None)):
            partner = self.case.customers[customer].id if customer else False
            values = {"name": "Need", "type": "opportunity", "partner_id": partner}
            self.call(who, "crm.lead", "create", [values])

    def some_lead(self, index):
        leads = self.ids("crm_lead", "active")
        return leads[index % len(leads)] if leads else 0

    def holder(self, lead):
        """The login of whose lead it is: others may not even read it."""
        [(login,)] = self.case.rows(
            "SELECT login FROM crm_lead LEFT JOIN res_users ON res_users.id = user_id"
            " WHERE crm_lead.id = %s",
            lead,
        )
        return (login or "km").removeprefix(PREFIX)

    # === DEEDS === #

    def lead(self, who, index, owner):
        values = {"name": "Need", "type": "opportunity", "partner_id": self.customer(index)}
        if owner:
            values["user_id"] = self.case.users[owner].id
        self.call(who, "crm.lead", "create", [values])

    do_lead = deed(lead, who=["a", "b", "t", "km"], index=INDEX, owner=[None, None, "a", "b", "t"])

    def give_lead(self, who, number, index, values):
        if lead := self.some_lead(number):
            given = {
                name: self.customer(index) if name == "partner_id" else self.case.users[value].id
                for name, value in values.items()
            }
            self.call(who or self.holder(lead), "crm.lead", "write", [lead], given)

    do_give_lead = deed(
        give_lead,
        who=[None, None, None, "b", "km", "tm"],
        number=INDEX,
        index=INDEX,
        values=[
            {"user_id": "a"},
            {"user_id": "b"},
            {"user_id": "t"},
            {"partner_id": None},
            {"user_id": "b", "partner_id": None},
        ],
    )

    def merge_leads(self, who, number):
        pair = [self.some_lead(number), self.some_lead(number + 1)]
        if all(pair) and pair[0] != pair[1]:
            self.call(who, "crm.lead", "merge_opportunity", pair)

    do_merge_leads = deed(merge_leads, who=["a", "km", "tm"], number=INDEX)

    def hand_over(self, number, to):
        if lead := self.some_lead(number):
            user = self.case.users[to].id
            self.call(self.holder(lead), "crm.lead", "action_hand_over", [lead], user)
            if self.rng.random() < 0.5:
                self.consent("km")

    do_hand_over = deed(hand_over, number=INDEX, to=["a", "b", "b", "t"])

    def consent(self, who):
        waiting = self.ids(
            "regulation_approval", "res_model = 'crm.lead.handover' AND state = 'pending'"
        )
        for approval in waiting:
            self.call(who, "regulation.approval", "action_approve", [approval])

    do_consent = deed(consent, who=["b", "tm", "km", "km"])

    # === WHAT MUST HOLD === #

    def what_must_hold(self):
        running = self.running()
        super().what_must_hold()
        [(today,)] = self.case.rows("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
        leads = {
            row[0]: row[1:]
            for row in self.case.rows(
                "SELECT lead.id, lead.user_id, partner.commercial_partner_id"
                "  FROM crm_lead lead JOIN res_partner partner ON partner.id = lead.partner_id"
                " WHERE lead.id > %s AND lead.user_id IS NOT NULL AND lead.active",
                self.base["crm_lead"],
            )
        }
        login, model, *_rest = self.log[-1]
        for lead, (user, entity) in leads.items():
            row = running.get(entity)
            if self.leads_before.get(lead) == (user, entity) or model not in GIVING or not row:
                continue
            if (today - (row[3] + timedelta(hours=8)).date()).days > 7:
                continue
            self.reached("leads of protected customers given")
            if row[1] == user or self.gives_leads(login):
                continue
            assert self.case.rows(
                "SELECT 1 FROM crm_lead_handover WHERE lead_id = %s AND to_user_id = %s"
                " AND state = 'accepted'",
                lead,
                user,
            ), f"lead {lead} of a protected customer went to somebody else"
            self.reached("leads handed over with consent")
        self.leads_before = leads

    def gives_leads(self, login):
        case = self.case
        return case.profile.ownership_lead_role_ids._held_by(case.users[login], case.company)
