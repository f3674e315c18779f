"""How fast: our gates next to plain Odoo and next to the OCA modules of the same purpose.

    ./dev bench [--json FILE] [--quick]

All sides run in one process, on databases made from the same template, in turns, so that whatever
else the machine does concerns all of them. Ratios count, not seconds. The OCA modules are
downloaded for the comparison only; nothing of ours depends on them.
"""

import argparse
import gc
import json
import os
import statistics
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

import odoo
from odoo import Command, api, fields
from odoo.modules.registry import Registry
from odoo.tools import config

OCA_MODULES = ("sale_exception", "sale_financial_risk", "sale_tier_validation")
OCA_WHEELS = (*OCA_MODULES, "base_exception", "account_financial_risk", "base_tier_validation")


class Side:
    """Plain Odoo: a company, a rep, a keeper, goods; and orders ready to be confirmed."""

    name = "stock"

    def __init__(self, database):
        self.database = database
        self.batches = 0
        self.cr = Registry(database).cursor()
        self.env = api.Environment(self.cr, api.SUPERUSER_ID, {"tracking_disable": True})

    def close(self):
        self.cr.rollback()
        self.cr.close()

    def setup(self):
        """The same company on every side, in a transaction that is never committed."""
        env = self.env
        cny = env.ref("base.CNY")
        cny.active = True
        company = env["res.company"].create(
            {"name": "Bench", "currency_id": cny.id, "country_id": env.ref("base.cn").id}
        )
        env.user.company_ids |= company
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company.currency_id = cny
        self._enter(company)
        self.rep = self._user("bench_rep", "sales_team.group_sale_salesman")
        self.keeper = self._user("bench_keeper", "stock.group_stock_user")
        vat = self.env["account.tax"].create(
            {"name": "13%", "amount": 13, "type_tax_use": "sale", "company_id": company.id}
        )
        self.product = self.env["product.product"].create(
            {
                "name": "Chip",
                "type": "consu",
                "is_storable": True,
                "list_price": 100.0,
                "taxes_id": [Command.set(vat.ids)],
                "company_id": company.id,
                "invoice_policy": "order",
            }
        )
        Warehouse = self.env["stock.warehouse"]
        warehouse = Warehouse.search(
            [("company_id", "=", company.id)], limit=1
        ) or Warehouse.create({"company_id": company.id, "code": "BE"})
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": self.product.id,
                "location_id": warehouse.lot_stock_id.id,
                "inventory_quantity": 10**7,
            }
        ).action_apply_inventory()
        self.partners = self._make_customers()
        self.partner = self.partners[0]
        self._make_carrier()
        self.flush()

    def _make_customers(self):
        """Each batch of orders is of another customer, so that none has hundreds of them."""
        return self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "is_company": True,
                    "street": "1 Road",
                    "city": "Shenzhen",
                    "country_id": self.env.ref("base.cn").id,
                    "phone": "+86 755 5550 0199",
                    "company_id": self.company.id,
                    "child_ids": [Command.create({"name": "Ms. Lin", "type": "contact"})],
                }
                for number in range(50)
            ]
        )

    def _make_carrier(self):
        self.carrier = self.env["delivery.carrier"].create(
            {
                "name": "Express",
                "delivery_type": "fixed",
                "product_id": self.env["product.product"]
                .create({"name": "Freight", "type": "service"})
                .id,
                "company_id": self.company.id,
            }
        )

    def _enter(self, company):
        self.company = company
        context = dict(self.env.context, allowed_company_ids=[company.id])
        self.env = self.env(context=context)

    def _user(self, login, groups):
        return self.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set([self.env.ref(group).id for group in groups.split()])],
            }
        )

    def quotations(self, number):
        """Quotations of the rep with 10 lines, ready to be confirmed."""
        line = {"product_id": self.product.id, "product_uom_qty": 2}
        self.batches += 1
        partner = self.partners[self.batches % len(self.partners)]
        term = self.env.ref("account.account_payment_term_immediate")
        orders = (
            self.env["sale.order"]
            .with_user(self.rep)
            .create(
                [
                    {
                        "partner_id": partner.id,
                        "payment_term_id": term.id,
                        "order_line": [Command.create(line) for _line in range(10)],
                    }
                    for _order in range(number)
                ]
            )
        )
        self.make_ready(orders)
        self.flush()
        return orders

    def make_ready(self, orders):
        """What the side demands before the confirmation."""

    def transfers(self, number):
        """Reserved transfers of confirmed orders, ready to be validated by the keeper."""
        orders = self.quotations(number)
        orders.action_confirm()
        self.make_shippable(orders)
        pickings = orders.sudo().picking_ids.with_user(self.keeper)
        pickings.move_ids.picked = True
        self.flush()
        return pickings

    def make_shippable(self, orders):
        """What the side demands before the goods leave; all of them ship with a carrier."""
        orders.sudo().picking_ids.write(
            {"carrier_id": self.carrier.id, "carrier_tracking_ref": "SF123"}
        )

    def flush(self):
        """As between two requests: all written, nothing remembered."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.cr.precommit.clear()


class Oca(Side):
    """The OCA modules that stop an order, each with one rule that lets it pass."""

    name = "oca"

    def setup(self):
        super().setup()
        self.manager = self._user("bench_manager", "sales_team.group_sale_manager")
        self.env["exception.rule"].create(
            {
                "name": "No customer reference",
                "description": "Never true",
                "model": "sale.order",
                "exception_type": "by_domain",
                "domain": "[('partner_id', '=', False)]",
            }
        )
        self.env["tier.definition"].create(
            {
                "name": "Orders",
                "model_id": self.env["ir.model"]._get("sale.order").id,
                "review_type": "individual",
                "reviewer_id": self.manager.id,
                "definition_domain": "[('amount_untaxed', '>', 1)]",
            }
        )
        self.partners.write(
            {
                "credit_limit": 10**12,
                "risk_sale_order_include": True,
                "risk_sale_order_limit": 10**12,
            }
        )

    def make_ready(self, orders):
        orders.request_validation()
        self.flush()
        for order in orders.with_user(self.manager):
            order.validate_tier()


class Ours(Side):
    """The demo company's regulation with every gate enforced."""

    name = "ours"

    def setup(self):
        env = self.env
        demo = env["regulation.demo"].with_context(
            mail_create_nosubscribe=True, no_reset_password=True
        )
        company = demo._company()
        self._enter(company)
        demo = demo.with_context(allowed_company_ids=[company.id]).with_company(company)
        self.people = demo._people(company)
        goods = demo._goods(company)
        self.product = goods["chip"]
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": self.product.id,
                "location_id": self.env["stock.warehouse"]
                .search([("company_id", "=", company.id)], limit=1)
                .lot_stock_id.id,
                "inventory_quantity": 10**7,
            }
        ).action_apply_inventory()
        demo._profile(company, self.people)
        profile = self.env["regulation.profile"].search([("code", "=", "HUAXIN")])
        profile.gate_ids.with_user(self.people["zhou"]).action_enforce()
        self.demo = demo
        self.rep, self.keeper = self.people["wangfang"], self.people["zheng"]
        self.partners = self._make_customers()
        self.partner = self.partners[0]
        self._agree_terms(company)
        self._make_carrier()
        self.flush()

    def _agree_terms(self, company):
        from odoo.addons.sales_regulation.tools import engine  # once the addons are loaded

        engine(self.partners.with_company(company)).write({"credit_limit": 10**12})

    def make_ready(self, orders):
        self.demo._sign_contract(orders, self.people, "Ms. Lin")
        for order in orders:
            order.action_request_approval("order_review")
            self.demo._tick(order, self.people["chengang"])
            request = order.sudo().approval_ids.filtered(
                lambda approval: approval.state == "pending"
            )
            request.with_user(self.people["chengang"]).action_approve()

    def make_shippable(self, orders):
        super().make_shippable(orders)
        for order in orders:
            self.demo._pay(order, self.people, order.amount_total)
            notice = self.demo._request(order)
            notice.requested_arrival_at = fields.Datetime.now() + timedelta(days=3)
            notice.action_submit()
            clerk = notice.with_user(self.people["wu"])
            clerk.action_verify()
            clerk.action_check()
            clerk.action_issue()
            finance = notice.with_user(self.people["sun"])
            finance.action_check_papers()
            finance.action_release()
            keeper = notice.with_user(self.people["zheng"])
            for item in notice.sudo()._checklist_items("packaging")[notice.id]:
                if not item.automatic:
                    keeper.action_tick(item.id)


# -- measuring -----------------------------------------------------------------


def confirm(orders):
    orders.action_confirm()
    if set(orders.mapped("state")) != {"sale"}:
        raise AssertionError(f"not confirmed: {orders.mapped('state')}")


def validate(pickings):
    result = pickings.button_validate()
    if result is not True:
        raise AssertionError(f"not validated: {result}")


class Measure:
    """One entry of the result: the same step on every side, in turns."""

    def __init__(self, sides, rounds, size):
        self.sides, self.rounds, self.size = sides, rounds, size

    def run(self, step, prepare, together, size=None):
        """``{side: [(seconds, queries), ...]}``, the first round being for warming up."""
        size = size or self.size
        taken = {side.name: [] for side in self.sides}
        for number in range(self.rounds + 1):
            turn = self.sides if number % 2 else self.sides[::-1]
            for side in turn:
                records = getattr(side, prepare)(size)
                requests = [
                    self.request(side, step, part) for part in ([records] if together else records)
                ]
                if number:
                    taken[side.name].append(tuple(map(sum, zip(*requests, strict=True))))
        return taken

    def request(self, side, step, records):
        """Seconds and queries of one request, which finds nothing in the cache."""
        gc.collect()
        queries, start = side.cr.sql_log_count, time.perf_counter()
        step(records)
        side.env.flush_all()
        # What a request does before its commit belongs to it
        side.cr.precommit.run()
        seconds = time.perf_counter() - start
        queries = side.cr.sql_log_count - queries
        side.flush()
        return seconds, queries


def entry(taken, ours, base):
    ratios = [a[0] / b[0] for a, b in zip(taken[ours], taken[base], strict=True)]
    return {
        "ratio": round(statistics.median(ratios), 3),
        "min": round(min(ratios), 3),
        "max": round(max(ratios), 3),
        "ours_s": round(statistics.median(one[0] for one in taken[ours]), 4),
        "base_s": round(statistics.median(one[0] for one in taken[base]), 4),
        "queries": statistics.median_low(one[1] for one in taken[ours]),
        "extra_queries": statistics.median_low(one[1] for one in taken[ours])
        - statistics.median_low(one[1] for one in taken[base]),
    }


def measure(sides, quick):
    # Not before Odoo knows where our addons are
    from tests.bench import lists

    rounds, size = (3, 10) if quick else (7, 50)
    results = lists.entries(
        lists.measure_lists([s for s in sides if s.name != "oca"], rounds), entry
    )
    for name in results:
        show(name, results)
    single = Measure(sides, rounds, 5 if quick else 20)
    batch = Measure(sides, rounds, size)
    for what, step, prepare in (
        ("confirm", confirm, "quotations"),
        ("validate", validate, "transfers"),
    ):
        taken = {
            f"{what}_single": single.run(step, prepare, together=False),
            f"{what}_batch": batch.run(step, prepare, together=True),
            f"{what}_batch_of_5": batch.run(step, prepare, together=True, size=5),
        }
        for name, figures in taken.items():
            results[name] = entry(figures, "ours", "stock")
            if "oca" in figures:
                results[f"{name}_oca"] = entry(figures, "oca", "stock")
            show(name, results)
        results[f"{what}_batch"]["extra_queries_of_5"] = results[f"{what}_batch_of_5"][
            "extra_queries"
        ]
    return results


def show(name, results):
    for key in (name, f"{name}_oca"):
        if key in results:
            row = results[key]
            if "ratio" not in row:  # plain Odoo has no such thing
                print(
                    f"{key:<24} {row['ours_s'] * 1000:8.1f} ms"
                    f"  queries {row['queries']} (one row {row['queries_of_1']})",
                    flush=True,
                )
                continue
            print(
                f"{key:<24} ratio {row['ratio']:.2f} ({row['min']:.2f}-{row['max']:.2f})"
                f"  {row['ours_s'] * 1000:8.1f} ms  stock {row['base_s'] * 1000:8.1f} ms"
                f"  queries {row['queries']} ({row['extra_queries']:+d})",
                flush=True,
            )


# -- the OCA modules -------------------------------------------------------------


def fetch_oca(folder):
    """Put the OCA modules into a folder of their own; False if they cannot be had."""
    if not all((folder / name).exists() for name in OCA_WHEELS):
        packages = [f"odoo-addon-{name}>=19.0.dev0,<19.1" for name in OCA_WHEELS]
        target = folder.parent / "oca_wheels"
        done = subprocess.run(
            [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", target]
            + packages,
            check=False,
        )
        if done.returncode:
            return False
        folder.mkdir(exist_ok=True)
        for name in OCA_WHEELS:
            if not (folder / name).exists():
                (folder / name).symlink_to(target / "odoo" / "addons" / name)
    return True


def make_oca_database(source, target, config_file, addons_path):
    subprocess.run(["createdb", "-T", source, target], check=True)
    subprocess.run(
        [
            *(sys.executable, "-m", "odoo", "-c", config_file, "--addons-path", addons_path),
            *("-d", target, "-i", ",".join(OCA_MODULES), "--stop-after-init", "--no-http"),
            *("--log-level", "error"),
        ],
        check=True,
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--config", required=True)
    parser.add_argument("--database", required=True)
    parser.add_argument("--stock-database", required=True)
    parser.add_argument("--json", metavar="FILE")
    parser.add_argument("--quick", action="store_true", help="a fraction of the data")
    options = parser.parse_args()

    config.parse_config(["-c", options.config, "--log-level", "error"])
    addons_path = ",".join(config["addons_path"])
    folder = Path(os.environ.get("DEV_STATE", ".dev")) / "oca"
    oca_database = f"{options.stock_database}_oca"
    with_oca = fetch_oca(folder)
    if with_oca:
        subprocess.run(["dropdb", "--if-exists", oca_database], check=True)
        addons_path = f"{addons_path},{folder}"
        make_oca_database(options.stock_database, oca_database, options.config, addons_path)
        config.parse_config(
            ["-c", options.config, "--log-level", "error", "--addons-path", addons_path]
        )
    else:
        print("The OCA modules cannot be downloaded: measured next to plain Odoo only.")
    sides = [Side(options.stock_database), Ours(options.database)]
    if with_oca:
        sides.append(Oca(oca_database))
    try:
        for side in sides:
            side.setup()
        results = measure(sides, options.quick)
    finally:
        for side in sides:
            side.close()
        odoo.sql_db.close_all()
        if with_oca:
            subprocess.run(["dropdb", "--if-exists", oca_database], check=False)
    if options.json:
        Path(options.json).write_text(json.dumps(results, indent=1) + "\n")
        print(f"Figures in {options.json}")


if __name__ == "__main__":
    main()
