"""Odoo's own suites."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess

from .console import digest, say, step
from .settings import REPO, SLOTS, TEST_ADDON
from .system import browser, free_port

STOCK_TAGS = (
    "/sale",
    "/sale_stock",
    "/sale_crm",
    "/crm",
    "/hr_expense",
    "/sale_management",
    "/sale_margin",
    "/sales_team",
    "/stock_delivery",
    "/stock",
    "/calendar",
    "/rating",
    "-at_install",
)


class Stock:
    """Odoo's own suites without and with our addons, no profile active: no difference.

    Compared are which tests ran, that none fails, and each test's own SQL queries. Queries
    that fill one of Odoo's caches are left out: which test pays them depends on what ran
    before. What Odoo keeps otherwise (a class that reads once for all its tests, rows that a
    cron of an earlier test left) differs within a whole run too: a test with more queries
    than without us runs again, alone with the other such tests and on both sides. What it
    has more then is a difference, and its additional statements are shown.
    """

    def __init__(self, dev):
        self.dev = dev
        self.jobs = dev.options.jobs or SLOTS
        # Some of the suites only, as in ./dev test --stock /sale_margin
        self.tags = (*dev.options.rest, "-at_install") if dev.options.rest else STOCK_TAGS
        self.folder = dev.state.runs / f"{dev.database}_stock"

    def run(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        with self.dev.state.lock(f"db-{self.dev.database}_stock"), self.dev.state.slots(self.jobs):
            databases = self.make_databases()
            baseline = self.baseline_file()
            sides = ["with"] if baseline.exists() else ["without", "with"]
            if len(sides) == 1:
                say("Odoo's suites without our addons: as measured before")
            results = {}
            for group in [sides] if self.jobs > 1 else [[side] for side in sides]:
                results.update(self.measure({side: databases[side] for side in group}, self.tags))
            if "without" in results:
                if self.sound(results["without"]):
                    part = baseline.with_suffix(f".{os.getpid()}")
                    part.write_text(json.dumps(results["without"]))
                    part.rename(baseline)
            else:
                results["without"] = json.loads(baseline.read_text())
            failed = self.compare(results["without"], results["with"], databases)
            for database in databases.values():
                self.dev.drop(database)
        return 1 if failed else 0

    def make_databases(self):
        dev = self.dev
        without, ours = f"{dev.database}_stock_without", f"{dev.database}_stock_with"
        dev.clone_template(without)
        # Our demo data has active profiles, which is not what is compared here.
        self.made_of = dev.prepare_without_demo(ours)
        return {"without": without, "with": ours}

    def baseline_file(self):
        meter = REPO / "tests" / "addons" / TEST_ADDON / "measure.py"
        key = digest(self.made_of, self.tags, browser(), meter.read_text())
        return self.dev.state.folder / f"stock-baseline-{key}.json"

    @staticmethod
    def sound(results):
        return bool(results) and not any(
            result["outcome"] == "failed" for result in results.values()
        )

    def measure(self, databases, tags, statements=False):
        """{side: {test: result}} of a run on each database, side by side."""
        kind = "statements" if statements else "whole"
        processes = {}
        for side, database in databases.items():
            more = {"REGULATION_MEASURE": self.folder / f"{side}-{kind}.jsonl"}
            if statements:
                more["REGULATION_STATEMENTS"] = 1
            out = open(self.folder / f"{side}-{kind}.log", "wb")
            processes[side] = subprocess.Popen(
                self.dev.odoo_command(
                    "-c",
                    self.dev.config,
                    "-d",
                    database,
                    "--db-filter",
                    f"^{database}$",
                    "--test-tags",
                    ",".join(tags),
                    "--http-port",
                    free_port(),
                    "--max-cron-threads",
                    0,
                    "--stop-after-init",
                ),
                env=self.dev.env(**more),
                cwd=REPO,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
            )
        label = "Odoo's suites " + " and ".join(f"{side} our addons" for side in databases)
        try:
            with step(
                label,
                lambda: ", ".join(f"{side} {len(self.read(side, kind))}" for side in databases),
            ):
                for process in processes.values():
                    process.wait()
        finally:
            for process in processes.values():
                process.kill()
        return {side: self.read(side, kind) for side in databases}

    def read(self, side, kind):
        results = {}
        with contextlib.suppress(OSError):
            for line in (self.folder / f"{side}-{kind}.jsonl").read_text().splitlines():
                with contextlib.suppress(ValueError):
                    result = json.loads(line)
                    results[result.pop("test")] = result
        return results

    def compare(self, without, ours, databases):
        """Print what differs; whether anything does that must not."""
        problems = []
        for label, one, other in (
            ("only without our addons", without, ours),
            ("only with our addons", ours, without),
        ):
            only = sorted(set(one) - set(other))
            if only:
                problems.append(f"{len(only)} tests ran {label}:\n  " + "\n  ".join(only[:20]))
        failed = {
            side: {test for test, result in results.items() if result["outcome"] == "failed"}
            for side, results in (("without", without), ("with", ours))
        }
        if failed["without"]:
            # Odoo's own, and no difference: test_assign_perf_no_duplicates allows 552 queries,
            # which the modules of the template exceed by two, and a file that sale imports
            # names a customer whom the demo data of 19.0 does not have
            log = self.folder / "without-whole.log"
            say(
                f"{len(failed['without'])} tests fail without our addons as well ({log}):\n  "
                + "\n  ".join(sorted(failed["without"]))
            )
        broken = failed["with"] - failed["without"]
        # A browser is waited for by the clock, and two Odoos and two browsers share the
        # machine: such a test is tried once more by itself. No other test is.
        slow = {test for test in broken if ours[test]["served"] and self.tag(test)}
        if slow:
            say(f"{len(slow)} browser tests fail with our addons only: once more by themselves")
            tags = [*map(self.tag, sorted(slow)), "-at_install"]
            again = self.measure(databases, tags, statements=True)["with"]
            broken -= {test for test in slow if again.get(test, {}).get("outcome") == "passed"}
        if broken:
            log = self.folder / "with-whole.log"
            problems.append(
                f"{len(broken)} tests fail with our addons only ({log}):\n  "
                + "\n  ".join(sorted(broken))
            )
        common = sorted(set(without) & set(ours))
        more = [test for test in common if ours[test]["queries"] > without[test]["queries"]]
        fewer = [test for test in common if ours[test]["queries"] < without[test]["queries"]]
        if more:
            say(f"{len(more)} tests with more queries: once more by themselves")
            problems += self.additional(more, databases)
        for kind, name in (
            ("queries", "queries of the tests"),
            ("fills", "queries filling caches"),
            ("updates", "updates of flushes"),
            ("served", "queries answering browsers"),
        ):
            sums = [sum(results[test][kind] for test in common) for results in (without, ours)]
            say(f"{name}: {sums[0]} without, {sums[1]} with our addons")
        same = len(common) - len(more) - len(fewer)
        say(
            f"{len(common)} tests on both sides: {same} with the same queries, {len(fewer)} with fewer, "
            f"{len(more)} with more in the whole run"
        )
        for problem in problems:
            say(problem)
        counts = {
            outcome: sum(1 for result in ours.values() if result["outcome"] == outcome)
            for outcome in ("passed", "failed", "skipped")
        }
        if not counts["passed"]:
            problems.append("no test ran")
        say(
            f"Odoo's suites with our addons: {counts['passed']} passed, {counts['failed']} failed, "
            f"{counts['skipped']} skipped; {'DIFFERENT' if problems else 'no difference'}"
        )
        return problems

    def additional(self, tests, databases):
        """What the tests that had more queries still have more of, by themselves."""
        tags = [self.tag(test) for test in tests if self.tag(test)]
        again = self.measure(databases, [*tags, "-at_install"], statements=True)
        problems, statements = [], {}
        for test in tests:
            one, other = (again[side].get(test) for side in ("without", "with"))
            if not one or not other:
                problems.append(f"{test}: did not run by itself")
            elif other["queries"] > one["queries"]:
                problems.append(f"{test}: {other['queries'] - one['queries']:+d} queries")
                for statement, count in self.differences(one, other).items():
                    statements.setdefault(statement, []).append(count)
        rows = sorted(statements.items(), key=lambda row: -sum(row[1]))
        if rows:
            problems.append(
                "statements of these tests that differ:\n"
                + "\n".join(
                    f"  {sum(row):+d} in {len(row)} tests: {name}" for name, row in rows[:40]
                )
            )
        return problems

    @staticmethod
    def differences(one, other):
        """{statement: how often more or less}, but for those that fill caches."""
        found = {}
        for statement in {*one["statements"], *other["statements"]}:
            more = other["statements"].get(statement, 0) - one["statements"].get(statement, 0)
            if more and statement.startswith("queries: "):
                found[statement.removeprefix("queries: ")] = more
        return found

    @staticmethod
    def tag(test):
        """odoo.addons.sale.tests.test_x.TestX.test_y -> /sale:TestX.test_y"""
        match = re.match(r"odoo\.addons\.(\w+)\.tests\..*\.(\w+)\.(\w+)$", test)
        return f"/{match[1]}:{match[2]}.{match[3]}" if match else None
