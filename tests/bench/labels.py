"""What labels cost where there are very many records: next to no rule, and next to an ordinary
rule through a many2many.

A million orders, each with one of 36 labels and, for the comparison, with the tag of the same
number; the person may see half of them, by grant and by need-to-know lists. Another one, without
a grant, sees what is open, what his lists say, and of the rest what is his own. Counting, the
first page and groups, as the client asks for them, of a server that has been asked before. The
data is committed and vacuumed, as it is in a database that has been used, in a copy that is
dropped afterwards.
"""

import gc
import statistics
from contextlib import closing

from odoo import Command, sql_db
from odoo.tools import SQL

from tests.bench.clock import Clock
from tests.bench.crons import copy_of, copy_rows
from tests.bench.sides import Side

ORDERS, LISTS, OWNERS = 1_000_000, 32, 50
RULES = ("none", "labels", "owner", "many2many")
GROUPS = "sales_team.group_sale_salesman_all_leads sales_regulation.group_regulation_user"
#: what a list of orders shows
COLUMNS = {
    **dict.fromkeys(("name", "date_order", "amount_total", "state", "invoice_status"), {}),
    **{
        name: {"fields": {"display_name": {}}}
        for name in ("partner_id", "user_id", "team_id", "company_id", "currency_id")
    },
}
QUESTIONS = {
    "label_count": lambda orders, domain: orders.search_count(domain),
    "label_page": lambda orders, domain: orders.web_search_read(
        domain, COLUMNS, limit=80, count_limit=10_001
    ),
    "label_group": lambda orders, domain: orders.formatted_read_group(
        domain, ["user_id"], ["__count", "amount_untaxed:sum"]
    ),
}


class Labels:
    def __init__(self, side, number):
        self.side, self.env, self.cr, self.number = side, side.env, side.cr, number

    # === THE DATA === #

    def prepare(self):
        self.reader = self.side._user("bench_reader", GROUPS)
        self.owner = self.side._user("bench_owner", GROUPS)
        self._qualify()
        self._make_labels()
        order = self.side.quotations(1).sudo()
        self.side.flush()
        others = [self.side._user(f"bench_owner{n}", "base.group_user") for n in range(1, OWNERS)]
        owners = [owner.id for owner in (self.owner, *others)]
        self.side.flush()
        # Copies of a row that is right: that what they refer to exists need not be looked up
        self.cr.execute("SET LOCAL session_replication_role TO replica")
        copy_rows(
            self.cr,
            "sale_order",
            order.id,
            SQL("SELECT generate_series(1, %s)", self.number),
            name=SQL("'L' || each.n"),
            # scattered, not one after the other: 7919 is prime
            user_id=self._nth(owners, 104_729),
            confidentiality_label_id=self._nth(self.labels.ids, 7919),
            amount_untaxed=SQL("100 + each.n %% 900"),
        )
        self.cr.execute(
            SQL(
                "INSERT INTO sale_order_tag_rel (order_id, tag_id)"
                " SELECT id, (%s::int[])[array_position(%s::int[], confidentiality_label_id)]"
                " FROM sale_order WHERE confidentiality_label_id = ANY(%s)",
                self.tags.ids,
                self.labels.ids,
                self.labels.ids,
            )
        )
        # Pages count as visible to everybody only once the commit is on disk
        self.cr.execute("SET LOCAL synchronous_commit TO on")
        self.cr.commit()
        self._vacuum()

    def _nth(self, ids, prime):
        return SQL("(%s::int[])[1 + (each.n::bigint * %s %% %s)::int]", ids, prime, len(ids))

    def _qualify(self):
        self.env["regulation.qualification"].create(
            [
                {
                    "name": kind,
                    "kind": kind,
                    "user_id": person.id,
                    "company_id": self.side.company.id,
                    "date": "2020-01-01",
                }
                for kind in ("nda", "exam")
                for person in (self.reader, self.owner)
            ]
        )

    def _make_labels(self):
        """Four levels of which he is granted all, and lists on half of which he is, less four."""
        env = self.env
        self.category = env.ref("sales_confidentiality.category_contract")
        levels = env["confidentiality.level"].search([])
        secret = env.ref("sales_confidentiality.level_secret")
        made = env["confidentiality.label"]
        plain = made.union(*(made._get(level, self.category) for level in levels))
        members = [
            Command.create({"user_id": person.id, "date_from": "2020-01-01"})
            for person in (self.reader, self.owner)
        ]
        lists = made.create(
            [
                {
                    "name": f"Bench {number}",
                    "level_id": secret.id,
                    "category_id": self.category.id,
                    "is_compartment": True,
                    "member_ids": members if number % 16 < 7 else [],
                }
                for number in range(LISTS)
            ]
        )
        env["confidentiality.grant"].create(
            {
                "user_id": self.reader.id,
                "category_id": self.category.id,
                "level_id": secret.id,
                "date_from": "2020-01-01",
            }
        )
        self.labels = plain | lists
        self.allowed = plain | lists.filtered("member_ids")
        self.open = plain.filtered("level_id.is_open")
        self.own = plain - self.open
        self.tags = env["crm.tag"].create([{"name": f"Bench {label.id}"} for label in self.labels])
        self.rule = env["ir.rule"].create(
            {
                "name": "Bench: an ordinary rule through a many2many",
                "model_id": env["ir.model"]._get_id("sale.order"),
                "domain_force": repr(
                    [
                        (
                            "tag_ids",
                            "in",
                            [
                                tag.id
                                for tag, label in zip(self.tags, self.labels, strict=True)
                                if label in self.allowed
                            ],
                        )
                    ]
                ),
                "active": False,
            }
        )

    def _vacuum(self):
        with closing(sql_db.db_connect(self.side.database).cursor()) as cr:
            cr._cnx.autocommit = True
            cr.execute("VACUUM (ANALYZE) sale_order, sale_order_tag_rel")
            cr._cnx.autocommit = False
        # what other processors do would not be counted
        self.cr.execute("SET max_parallel_workers_per_gather = 0")

    # === MEASURING === #

    def enter(self, rule):
        """Put one of the rules in force."""
        mode = "enforce" if rule in ("labels", "owner") else "off"
        self.cr.execute(
            "UPDATE confidentiality_category SET mode = %s WHERE id = %s", [mode, self.category.id]
        )
        self.env.invalidate_all()
        self.rule.active = rule == "many2many"
        self.side.flush()
        self.env["confidentiality.category"]._clear_protection()

    def ask(self, rule, question, domain=()):
        gc.collect()
        person = self.owner if rule == "owner" else self.reader
        with self.side.request(self.env["sale.order"].with_user(person)) as asked:
            clock = Clock(self.cr)
            answer = QUESTIONS[question](asked, list(domain))
            return clock.cost(), answer

    def measure(self, rounds):
        taken = {name: {rule: [] for rule in RULES} for name in QUESTIONS}
        for number in range(rounds + 1):
            for rule in RULES if number % 2 else RULES[::-1]:
                self.enter(rule)
                for name in QUESTIONS:
                    # What a worker keeps between two requests is gone with the change of rules
                    self.ask(rule, name, [("name", "in", ["L1", "L2", "L3"])])
                    cost, answer = self.ask(rule, name)
                    if name == "label_count":
                        self.check(rule, answer)
                    if number:
                        taken[name][rule].append(cost)
        return {name: self.entry(costs) for name, costs in taken.items()}

    def check(self, rule, found):
        expected = {
            "none": len(self.labels),
            "owner": len(self.allowed - self.own) + len(self.own) / OWNERS,
        }.get(rule, len(self.allowed)) / len(self.labels)
        share = found / self.number
        if abs(share - expected) > 0.02:
            raise AssertionError(f"{rule}: {share:.1%} of the orders are seen, not {expected:.1%}")

    def entry(self, costs):
        def ratios(rule):
            return [
                ours.processor / base.processor
                for ours, base in zip(costs[rule], costs["none"], strict=True)
            ]

        def middle(rule):
            return round(statistics.median(cost.processor for cost in costs[rule]), 5)

        ours = ratios("labels")
        queries = [statistics.median_low(c.queries for c in costs[r]) for r in ("labels", "none")]
        return {
            "ratio": round(statistics.median(ours), 3),
            "min": round(min(ours), 3),
            "max": round(max(ours), 3),
            "ratio_owner": round(statistics.median(ratios("owner")), 3),
            "ratio_many2many": round(statistics.median(ratios("many2many")), 3),
            "ours_s": middle("labels"),
            "base_s": middle("none"),
            "owner_s": middle("owner"),
            "many2many_s": middle("many2many"),
            "queries": queries[0],
            "extra_queries": queries[0] - queries[1],
            "records": self.number,
            "labels": len(self.labels),
            "allowed": len(self.allowed),
        }


def measure(database, quick):
    """``{entry: figures}``; no session may be open on the database."""
    with copy_of(database, f"{database}_labels") as copy:
        side = Side(copy)
        with closing(side):
            side.setup()
            labels = Labels(side, ORDERS // 10 if quick else ORDERS)
            labels.prepare()
            results = labels.measure(3 if quick else 7)
    for name, row in results.items():
        print(
            f"{name:<24} ratio {row['ratio']:.2f} ({row['min']:.2f}-{row['max']:.2f})"
            f"  owner {row['ratio_owner']:.2f}  many2many {row['ratio_many2many']:.2f}"
            f"  {row['ours_s'] * 1000:8.1f} ms  no rule {row['base_s'] * 1000:8.1f} ms"
            f"  queries {row['queries']} ({row['extra_queries']:+d})"
            f"  {row['records']:,} orders, {row['allowed']} of {row['labels']} labels",
            flush=True,
        )
    return results
