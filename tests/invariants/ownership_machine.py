# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sequences around the ownership of customers (invariant 6)."""

import random
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from .machine import INDEX, Regulation, deed

PEOPLE = ["a", "a", "b", "b", "t", "km", "adm"]
#: how a running registration may have come about
RULES = {"registered", "taken", "override", "existing", "split", "merged"}


class Ownership(Regulation):
    """People register, write, move, merge and give up customers, and days go by."""

    # What is done with orders has its own machine
    vars().update(dict.fromkeys(name for name in dir(Regulation) if name.startswith("do_")))

    def __init__(self):
        super().__init__()
        for table in ("customer_owner_request", "res_partner", "customer_registration"):
            self.base[table] = self.case.rows(f"SELECT COALESCE(MAX(id), 0) FROM {table}")[0][0]
        self.rows_before = {}
        self.owners_before = self.owners()

    @initialize(seed=st.lists(st.integers(0, 255), min_size=8, max_size=8))
    def first_order(self, seed):
        self.rng = random.Random(bytes(seed))

    def customer(self, index):
        known = [partner.id for partner in self.case.customers.values()]
        made = self.ids("res_partner", "parent_id IS NULL")
        everyone = known + made
        return everyone[index % len(everyone)]

    # === DEEDS === #

    def register(self, who, index):
        self.call(who, "res.partner", "action_register_customer", [self.customer(index)])

    do_register = deed(register, who=PEOPLE, index=INDEX)

    def write(self, who, index, owner):
        user = self.case.users[owner].id if owner else False
        self.call(who, "res.partner", "write", [self.customer(index)], {"user_id": user})

    do_write = deed(write, who=PEOPLE, index=INDEX, owner=["a", "b", "t", None])

    def give_up(self, who, index):
        self.call(who, "res.partner", "action_give_up_customer", [self.customer(index)])

    do_give_up = deed(give_up, who=PEOPLE, index=INDEX)

    def move(self, who, index, values):
        parent = self.customer(index + 1)
        self.call(
            who,
            "res.partner",
            "write",
            [self.customer(index)],
            {name: parent if value == "parent" else value for name, value in values.items()},
        )

    do_move = deed(
        move,
        who=PEOPLE,
        index=INDEX,
        values=[
            {"parent_id": "parent"},
            {"parent_id": "parent", "is_company": False},
            {"parent_id": False, "is_company": True},
            {"is_company": True},
            {"company_id": False},
            {"commercial_partner_id": "parent"},
        ],
    )

    def make(self, who, owner, name):
        values = {"name": name, "is_company": True, "company_id": self.case.company.id}
        if owner:
            values["user_id"] = self.case.users[owner].id
        self.call(who, "res.partner", "create", [values])

    do_make = deed(
        make,
        who=PEOPLE,
        owner=["a", "b", None],
        name=["Dongfang Systems", "New one", "Newer one"],
    )

    def merge(self, who, index):
        pair = [self.customer(index), self.customer(index + 1)]
        made = self.call(
            who,
            "base.partner.merge.automatic.wizard",
            "create",
            [{"partner_ids": [(6, 0, pair)], "dst_partner_id": pair[0]}],
        )
        if made:
            self.call(who, "base.partner.merge.automatic.wizard", "action_merge", made)

    do_merge = deed(merge, who=["adm", "km", "a"], index=INDEX)

    def forge(self, who, index, values):
        rows = [
            row[0] for row in self.case.rows("SELECT id FROM customer_registration ORDER BY id")
        ]
        if rows:
            self.call(who, "customer.registration", "write", [rows[index % len(rows)]], values)

    do_forge = deed(
        forge,
        who=PEOPLE,
        index=INDEX,
        values=[{"state": "ended"}, {"registered_at": "2020-01-01"}, {"protected_until": False}],
    )

    def ask(self, who, index, owner):
        made = self.call(
            who,
            "customer.owner.request",
            "create",
            [
                {
                    "partner_id": self.customer(index),
                    "new_owner_id": self.case.users[owner].id,
                    "reason": "Asked for",
                }
            ],
        )
        if made:
            self.call(who, "customer.owner.request", "action_submit", made)

    do_ask = deed(ask, who=["a", "b"], index=INDEX, owner=["a", "b", "t"])

    def decide(self, who):
        waiting = self.ids(
            "regulation_approval", "res_model = 'customer.owner.request' AND state = 'pending'"
        )
        if waiting:
            self.call(who, "regulation.approval", "action_approve", waiting[:1])

    do_decide = deed(decide, who=["a", "b", "km", "km"])

    def hand_over(self, who, index, owner):
        """Asked for, and decided at once: by chance the two seldom meet."""
        self.ask(who, index, owner)
        self.decide("km")

    do_hand_over = deed(hand_over, who=["a", "b"], index=INDEX, owner=["a", "b", "t"])

    def time_passes(self, days):
        """Nobody contacts anybody for some days: what began, began earlier."""
        self.case.cr.execute(
            "UPDATE customer_registration SET registered_at = registered_at - %s WHERE state = 'active'",
            [timedelta(days=days)],
        )
        self.case.env.invalidate_all()
        self.rows_before = self.running()

    do_time_passes = deed(time_passes, days=[3, 7, 8])

    def come_late(self, who, index):
        """A week and a day without contact, then somebody registers the customer."""
        self.time_passes(8)
        self.register(who, index)

    do_come_late = deed(come_late, who=["a", "b", "t"], index=INDEX)

    # === WHAT MUST HOLD === #

    def owners(self):
        return dict(
            self.case.rows(
                "SELECT id, user_id FROM res_partner"
                " WHERE commercial_partner_id = id AND company_id = %s",
                self.case.company.id,
            )
        )

    def running(self):
        return {
            row[0]: row[1:]
            for row in self.case.rows(
                "SELECT partner_id, id, user_id, how, registered_at, request_id"
                " FROM customer_registration WHERE state = 'active'"
            )
        }

    def what_must_hold(self):
        running, owners = self.running(), self.owners()
        [(today,)] = self.case.rows("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
        for partner, owner in owners.items():
            row = running.get(partner)
            if owner != self.owners_before.get(partner):
                assert not owner or (row and row[1] == owner), (
                    f"customer {partner} belongs to {owner} without a registration"
                )
            if row:
                assert row[1] == owner, f"customer {partner}: the registration names another owner"
            before = self.rows_before.get(partner)
            if before and row and before[0] != row[0] and before[1] != row[1]:
                gap = (today - (before[3] + timedelta(hours=8)).date()).days
                self.reached(f"how {row[2]}")
                assert row[2] in RULES, f"customer {partner} changed hands by {row[2]}"
                if row[2] == "taken":
                    assert gap > 7, f"customer {partner} was taken within his protection ({gap})"
                elif row[2] == "override":
                    [(state,)] = self.case.rows(
                        "SELECT approval.state FROM regulation_approval approval"
                        " WHERE res_model = 'customer.owner.request' AND res_id = %s"
                        " ORDER BY id DESC LIMIT 1",
                        row[4],
                    )
                    assert state == "approved", f"customer {partner} passed without a decision"
        self.rows_before, self.owners_before = running, owners
