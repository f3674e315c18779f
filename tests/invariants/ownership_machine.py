# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Sequences around the ownership of customers (invariant 6)."""

import random
from collections import Counter
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize

from .machine import INDEX, Regulation, deed

PEOPLE = ["a", "a", "b", "b", "t", "km", "adm"]
#: what two cards of one customer have in common
KNOWN = [
    {"vat": "CN1234567890"},
    {"email": "office@known.example.com"},
    {"phone": "+86 139 0013 9817"},
]
#: whether the customers ``one`` and ``two`` are cards of one customer
ALIKE = """(one.company_id IS NULL OR two.company_id IS NULL OR one.company_id = two.company_id)
       AND (one.vat = two.vat OR one.email_normalized = two.email_normalized
            OR one.phone_sanitized = two.phone_sanitized AND LENGTH(one.phone_sanitized) > 5
            OR one.is_company AND two.is_company AND LOWER(one.name) = LOWER(two.name))"""


class Ownership(Regulation):
    """People register, write, move, merge and give up customers, and days go by.

    Every change of hands is judged: from nobody, to nobody and from one person to another, by
    facts that are read from the tables and computed here.
    """

    #: how many customers one person may have and how long a former owner waits; 0: no limit
    cap, wait = 0, 0

    # What is done with orders has its own machine
    vars().update(dict.fromkeys(name for name in dir(Regulation) if name.startswith("do_")))

    def __init__(self):
        super().__init__()
        for table in ("customer_owner_request", "res_partner", "customer_registration"):
            self.base[table] = self.case.rows(f"SELECT COALESCE(MAX(id), 0) FROM {table}")[0][0]
        case = self.case
        self.cast = [
            row[0]
            for row in case.rows(
                "SELECT id FROM res_partner WHERE company_id = %s", case.company.id
            )
        ]
        self.managers = {
            row[0]
            for row in case.rows(
                "SELECT held.user_id FROM regulation_role_assignment held"
                " JOIN regulation_role role ON role.id = held.role_id"
                " WHERE held.company_id = %s AND role.code IN"
                " ('sales_manager', 'ka_manager', 'general_manager', 'director')",
                case.company.id,
            )
        }
        #: the nightly job runs; who is merged into whom
        self.night, self.merged = False, {}
        self.remember()

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

    def make(self, who, owner, name, known):
        values = {"name": name, "is_company": True, "company_id": self.case.company.id, **known}
        if owner:
            values["user_id"] = self.case.users[owner].id
        self.call(who, "res.partner", "create", [values])

    do_make = deed(
        make,
        who=PEOPLE,
        owner=["a", "b", None],
        name=["Dongfang Systems", "New one", "Newer one"],
        known=[{}, {}, *KNOWN],
    )

    def known(self, who, index, values):
        """Somebody writes on a customer what another may be known by."""
        self.call(who, "res.partner", "write", [self.customer(index)], values)
        if "customer of somebody else" in str(self.log[-1][-1]):
            self.reached("doubles refused")

    do_known = deed(
        known, who=PEOPLE, index=INDEX, values=[*KNOWN, {"name": "New one"}, {"is_company": True}]
    )

    def contact(self, who, index, values):
        values = {"name": "Buyer", "parent_id": self.customer(index), **values}
        self.call(who, "res.partner", "create", [values])

    do_contact = deed(contact, who=["a", "b"], index=INDEX, values=[{}, *KNOWN])

    def separate(self, who, index):
        """A contact becomes a customer of his own."""
        contacts = self.case.rows(
            "SELECT id FROM res_partner WHERE parent_id IS NOT NULL"
            " AND (id > %s OR id = ANY(%s)) ORDER BY id DESC",
            self.base["res_partner"],
            self.cast,
        )
        if contacts:
            contact = contacts[index % len(contacts)]
            self.call(who, "res.partner", "write", contact, {"parent_id": False})

    do_separate = deed(separate, who=["a", "b", "km"], index=INDEX)

    def merge(self, who, index, other):
        pair = [self.customer(index), self.customer(index + other)]
        if pair[0] == pair[1]:
            return
        made = self.call(
            who,
            "base.partner.merge.automatic.wizard",
            "create",
            [{"partner_ids": [(6, 0, pair)], "dst_partner_id": pair[0]}],
        )
        if made:
            self.merged = {pair[1]: pair[0]}
            self.call(who, "base.partner.merge.automatic.wizard", "action_merge", made)
            self.merged = {}

    do_merge = deed(merge, who=["adm", "km", "a", "b"], index=INDEX, other=[1, 2, 3])

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
            "UPDATE customer_registration SET registered_at = registered_at - %s,"
            " looked_on = looked_on - %s WHERE state = 'active'",
            [timedelta(days=days), days],
        )
        self.case.cr.execute(
            "UPDATE customer_registration SET ended_at = ended_at - %s WHERE state = 'ended'",
            [timedelta(days=days)],
        )
        self.case.env.invalidate_all()
        self.remember()

    do_time_passes = deed(time_passes, days=[3, 7, 8])

    def come_late(self, who, index):
        """A week and a day without contact, then somebody registers the customer."""
        self.time_passes(8)
        self.register(who, index)

    do_come_late = deed(come_late, who=["a", "b", "t"], index=INDEX)

    # === WHAT MUST HOLD === #

    def remember(self):
        self.rows_before, self.owners_before = self.running(), self.owners()
        self.entities_before, self.doubles_before = self.entities(), self.doubles()

    def owners(self):
        return dict(
            self.case.rows(
                "SELECT id, user_id FROM res_partner"
                " WHERE commercial_partner_id = id AND (id = ANY(%s) OR id > %s)",
                self.cast,
                self.base["res_partner"],
            )
        )

    def entities(self):
        return dict(
            self.case.rows(
                "SELECT id, commercial_partner_id FROM res_partner WHERE id = ANY(%s) OR id > %s",
                self.cast,
                self.base["res_partner"],
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

    def doubles(self):
        """Pairs of cards of one customer that are protected for different people."""
        return set(
            self.case.rows(
                f"""
                WITH held AS (
                    SELECT partner.*, row.user_id AS owner
                      FROM customer_registration row JOIN res_partner partner
                        ON partner.id = row.partner_id
                     WHERE row.state = 'active' AND (partner.id = ANY(%s) OR partner.id > %s)
                       AND (now() AT TIME ZONE 'Asia/Shanghai')::date
                         - (row.registered_at + interval '8 hours')::date <= 7)
                SELECT one.id, two.id FROM held one JOIN held two
                    ON one.id < two.id AND one.owner != two.owner AND {ALIKE}
                """,
                self.cast,
                self.base["res_partner"],
            )
        )

    def gap(self, row):
        [(today,)] = self.case.rows("SELECT (now() AT TIME ZONE 'Asia/Shanghai')::date")
        return (today - (row[3] + timedelta(hours=8)).date()).days

    def what_must_hold(self):
        manager = self.case.actor in self.managers
        running, owners, entities = self.running(), self.owners(), self.entities()
        for partner, owner in owners.items():
            row = running.get(partner)
            if row:
                assert row[1] == owner, f"customer {partner}: the registration names another owner"
                if self.rows_before.get(partner, (0,))[0] != row[0]:
                    self.reached(f"how {row[2]}")
            # A contact was his customer's owner's
            before = self.owners_before.get(self.entities_before.get(partner, partner))
            if owner == before:
                continue
            if not owner:
                self.judge_release(partner, before, manager)
                continue
            assert row and row[1] == owner, (
                f"customer {partner} belongs to {owner} without a registration"
            )
            if row[2] == "override":
                self.judge_decision(partner, row)
            elif before:
                self.judge_taking(partner, row, manager)
            else:
                self.judge_registering(partner, row, manager)
        for partner, before in self.owners_before.items():
            if before and partner not in owners:
                entity = entities.get(self.merged.get(partner, partner))
                assert manager or owners.get(entity) == before, (
                    f"customer {partner} passed to another by joining {entity}"
                )
                self.reached("joined" if partner in entities else "merged")
        doubles = self.doubles()
        assert manager or not doubles - self.doubles_before, (
            f"one customer was given to two people: {doubles - self.doubles_before}"
        )
        if self.cap and not manager:
            self.judge_caps(running)
        self.remember()

    def judge_release(self, partner, before, manager):
        """From somebody to nobody: he gives up, a manager takes him away, or he has lapsed."""
        row = self.rows_before.get(partner)
        if self.night:
            assert row and self.gap(row) > 7, f"customer {partner} was released too early"
            self.reached("lapsed")
        else:
            assert manager or self.case.actor == before, (
                f"customer {partner} was taken away from {before} by {self.case.actor}"
            )
            self.reached("given up")

    def judge_decision(self, partner, row):
        [(state,)] = self.case.rows(
            "SELECT approval.state FROM regulation_approval approval"
            " WHERE res_model = 'customer.owner.request' AND res_id = %s"
            " ORDER BY id DESC LIMIT 1",
            row[4],
        )
        assert state == "approved", f"customer {partner} passed without a decision"

    def judge_taking(self, partner, row, manager):
        """From one person to another: he has lapsed, or a manager merges."""
        if row[2] == "taken":
            before = self.rows_before.get(partner)
            gap = self.gap(before) if before else 0
            assert gap > 7, f"customer {partner} was taken within his protection ({gap})"
            self.judge_wait(partner, row)
        else:
            assert row[2] == "merged" and manager, f"customer {partner} changed hands by {row[2]}"

    def judge_registering(self, partner, row, manager):
        """From nobody to somebody: registered, or merged with a customer of this owner."""
        if row[2] == "merged":
            sources = [one for one, into in self.merged.items() if into == partner]
            assert sources and all(self.owners_before.get(one) == row[1] for one in sources), (
                f"customer {partner} was given to somebody by merging"
            )
        else:
            assert row[2] == "registered", f"customer {partner} was given by {row[2]}"
        if not manager or row[2] == "registered":
            self.judge_wait(partner, row)

    def judge_wait(self, partner, row):
        """Who lost him, or another card of him that is not his again, has waited."""
        if not self.wait:
            return
        lost = self.case.rows(
            f"""
            SELECT lost.partner_id FROM customer_registration lost
              JOIN res_partner one ON one.id = lost.partner_id
              JOIN res_partner two ON two.id = %s
             WHERE lost.user_id = %s AND lost.state = 'ended'
               AND lost.end_reason IN ('lapsed', 'taken', 'given_up')
               AND (now() AT TIME ZONE 'Asia/Shanghai')::date
                 - (lost.ended_at + interval '8 hours')::date <= %s
               AND (one.id = two.id
                    OR one.commercial_partner_id = one.id AND one.user_id IS DISTINCT FROM %s
                       AND {ALIKE})
               -- who has renewed his own has lost nobody
               AND NOT EXISTS (
                    SELECT 1 FROM customer_registration later
                     WHERE later.partner_id = lost.partner_id AND later.user_id = lost.user_id
                       AND later.id > lost.id AND later.id != %s)
            """,
            partner,
            row[1],
            self.wait,
            row[1],
            row[0],
        )
        assert not lost, f"the former owner of {lost} did not wait for {partner}"

    def judge_caps(self, running):
        counts = Counter(row[1] for row in running.values())
        before = Counter(row[1] for row in self.rows_before.values())
        for user, count in counts.items():
            assert count <= max(self.cap, before[user]), f"{user} has {count} customers"
            if count == self.cap:
                self.reached("caps reached")


class OwnershipPool(Ownership):
    """Lapsed customers go back to the pool every night; caps and waiting times hold."""

    cap, wait = 3, 5

    def sleep(self, days):
        """Days without contact, and the nightly job."""
        self.time_passes(days)
        Registration = self.case.env["customer.registration"]
        self.case.actor, self.night = self.case.env.uid, True
        Registration._recycle_batch(self.case.company, 0)
        self.case.env.flush_all()
        self.case.env.transaction.clear()
        self.what_must_hold()
        self.night = False

    do_sleep = deed(sleep, days=[3, 8])
