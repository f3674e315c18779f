"""How fast: our gates next to plain Odoo and next to the OCA modules of the same purpose.

    ./dev bench [--json FILE] [--quick] [--only crons] [--only lists] [--only steps]
                [--only scores] [--only labels]

All sides run in one process, on databases made from the same template, in turns, so that whatever
else the machine does concerns all of them. Ratios of processor time count, not seconds. The OCA
modules are downloaded for the comparison only; nothing of ours depends on them.
"""

import argparse
import gc
import json
import logging
import os
import statistics
import subprocess
import sys
from pathlib import Path

import odoo
from odoo.tools import config

from tests.bench import crons
from tests.bench.clock import Clock, Cost
from tests.bench.sides import Oca, Ours, Side

PARTS = ("crons", "labels", "lists", "steps", "scores")
OCA_MODULES = ("sale_exception", "sale_financial_risk", "sale_tier_validation")
OCA_WHEELS = (*OCA_MODULES, "base_exception", "account_financial_risk", "base_tier_validation")


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
    """The same two steps of the same orders on every side, in turns: confirmed, then shipped."""

    def __init__(self, sides, rounds):
        self.sides, self.rounds = sides, rounds

    def run(self, size, together):
        """``{step: {side: [cost of each round]}}``, the first round being for warming up."""
        taken = {step: {side.name: [] for side in self.sides} for step in ("confirm", "validate")}
        for number in range(self.rounds + 1):
            turn = self.sides if number % 2 else self.sides[::-1]
            for side in turn:
                orders = side.quotations(size)
                costs = {"confirm": self.cost(side, confirm, orders, together)}
                costs["validate"] = self.cost(side, validate, side.transfers(orders), together)
                if number:
                    for step, cost in costs.items():
                        taken[step][side.name].append(cost)
        return taken

    def cost(self, side, step, records, together):
        parts = [records] if together else records
        return sum((self.request(side, step, part) for part in parts), Cost())

    def request(self, side, step, records):
        """What one request costs, up to what precedes its commit."""
        gc.collect()
        with side.request(records) as found:
            clock = Clock(side.cr)
            step(found)
            found.env.flush_all()
            side.cr.precommit.run()
            return clock.cost()


def entry(taken, ours, base):
    """The figures of one measurement; ``ratio`` is that of processor time."""

    def ratios(kind):
        return [
            getattr(a, kind) / getattr(b, kind)
            for a, b in zip(taken[ours], taken[base], strict=True)
        ]

    def middle(side, kind):
        return round(statistics.median(getattr(one, kind) for one in taken[side]), 4)

    def queries(side):
        return statistics.median_low(one.queries for one in taken[side])

    processor = ratios("processor")
    return {
        "ratio": round(statistics.median(processor), 3),
        "min": round(min(processor), 3),
        "max": round(max(processor), 3),
        "elapsed_ratio": round(statistics.median(ratios("elapsed")), 3),
        "ours_s": middle(ours, "processor"),
        "base_s": middle(base, "processor"),
        "ours_elapsed_s": middle(ours, "elapsed"),
        "base_elapsed_s": middle(base, "elapsed"),
        "queries": queries(ours),
        "extra_queries": queries(ours) - queries(base),
    }


def measure_lists(sides, quick):
    # Not before Odoo knows where our addons are
    from tests.bench import lists

    results = lists.entries(
        lists.measure_lists([side for side in sides if side.name != "oca"], 3 if quick else 7),
        entry,
    )
    for name in results:
        show(name, results)
    return results


def measure_steps(sides, quick):
    results = {}
    rounds, size = (3, 10) if quick else (7, 50)
    steps = Measure(sides, rounds)
    for kind, number, together in (
        ("single", 5 if quick else 20, False),
        ("batch", size, True),
        ("batch_of_5", 5, True),
    ):
        for step, figures in steps.run(number, together).items():
            name = f"{step}_{kind}"
            results[name] = entry(figures, "ours", "stock")
            if "oca" in figures:
                results[f"{name}_oca"] = entry(figures, "oca", "stock")
            show(name, results)
    for step in ("confirm", "validate"):
        results[f"{step}_batch"]["extra_queries_of_5"] = results[f"{step}_batch_of_5"][
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
                f"  elapsed {row['elapsed_ratio']:.2f}"
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
    parser.add_argument(
        "--only", action="append", choices=PARTS, help="one part; several times for several"
    )
    options = parser.parse_args()
    parts = options.only or PARTS

    config.parse_config(["-c", options.config, "--log-level", "error"])
    # Odoo warns of what its own libraries will drop, with a stack each time
    logging.getLogger("py.warnings").setLevel(logging.ERROR)
    addons_path = ",".join(config["addons_path"])
    folder = Path(os.environ.get("DEV_STATE", ".dev")) / "oca"
    oca_database = f"{options.stock_database}_oca"
    with_oca = bool({"lists", "steps"}.intersection(parts)) and fetch_oca(folder)
    if with_oca:
        subprocess.run(["dropdb", "--if-exists", oca_database], check=True)
        addons_path = f"{addons_path},{folder}"
        make_oca_database(options.stock_database, oca_database, options.config, addons_path)
        config.parse_config(
            ["-c", options.config, "--log-level", "error", "--addons-path", addons_path]
        )
    elif {"lists", "steps"}.intersection(parts):
        print("The OCA modules cannot be downloaded: measured next to plain Odoo only.")
    results = {}
    if "crons" in parts:
        results |= crons.measure(options.database, options.config, options.quick)
    if "labels" in parts:
        from tests.bench import labels

        results |= labels.measure(options.database, options.quick)
    sides = [Side(options.stock_database), Ours(options.database)]
    if with_oca:
        sides.append(Oca(oca_database))
    try:
        for side in sides:
            side.setup()
        if "lists" in parts:
            results |= measure_lists(sides, options.quick)
        if "steps" in parts:
            results |= measure_steps(sides, options.quick)
        if "scores" in parts:
            from tests.bench import scores

            results |= scores.measure(sides[1], options.quick)
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
