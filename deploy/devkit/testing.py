"""Our tests."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import time

from .console import say, step
from .settings import REPO


class Tests:
    """One run of pytest, in one or several processes that share the tests among them."""

    def __init__(self, dev, database, paths, jobs):
        self.dev, self.database, self.paths, self.jobs = dev, database, paths, jobs
        self.folder = dev.state.runs / database

    def run(self):
        shutil.rmtree(self.folder, ignore_errors=True)
        (self.folder / "claims").mkdir(parents=True)
        start = time.monotonic()
        shards = [f"{self.database}_run{number}" for number in range(1, self.jobs + 1)]
        if self.jobs > 1:
            self.dev.make_bundles(self.database)
        for shard in shards:
            self.dev.clone(self.database, shard)
        codes = self.run_one(shards[0]) if self.jobs == 1 else self.run_several(shards)
        return self.report(codes, time.monotonic() - start)

    def command(self, shard):
        return [
            str(part)
            for part in (
                self.dev.state.python,
                "-m",
                "pytest",
                f"--odoo-database={shard}",
                f"--odoo-config={self.dev.config}",
                "--odoo-extra",
                "max-cron-threads=0",
                "--odoo-extra",
                f"db-filter=^{shard}$",
                *self.paths,
            )
        ]

    def env(self, shard, core=None):
        more = {
            "DEV_REPORT": self.folder / f"{shard}.jsonl",
            "DEV_TIMES": self.dev.state.folder / "test-times.json",
        }
        # Each request of a test empties its caches: memory is kept rather than returned and
        # cleared again by the system, a twelfth of the time
        more |= {
            "PYTHONMALLOC": "malloc",
            "MALLOC_MMAP_MAX_": 0,
            "MALLOC_TRIM_THRESHOLD_": 4 << 30,
            "MALLOC_TOP_PAD_": 64 << 20,
        }
        if core is not None:
            more["DEV_CORE"] = core
        if self.jobs > 1:
            more["DEV_CLAIMS"] = self.folder / "claims"
        if self.dev.options.long:
            more["LONG"] = 1
        if self.dev.options.earlier:
            more["DEV_FROM"] = self.dev.options.earlier
        if self.dev.options.apart:
            more["APART"] = 1
        return self.dev.env(**more)

    def run_one(self, shard):
        done = subprocess.run(
            self.command(shard),
            env=self.env(shard),
            cwd=REPO,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        return [done.returncode]

    def run_several(self, shards):
        processes = []
        for shard, core in zip(shards, self.cores(len(shards)), strict=True):
            out = open(self.folder / f"{shard}.log", "wb")
            processes.append(
                subprocess.Popen(
                    self.command(shard),
                    env=self.env(shard, core),
                    cwd=REPO,
                    stdin=subprocess.DEVNULL,
                    stdout=out,
                    stderr=subprocess.STDOUT,
                )
            )
        shown = set()
        try:
            with step(f"Tests in {len(shards)} processes", lambda: self.so_far(shown)):
                for process in processes:
                    process.wait()
        finally:
            for process in processes:
                process.kill()
        for shard in shards:
            self.show_end(self.folder / f"{shard}.log")
        return [process.returncode for process in processes]

    @staticmethod
    def cores(number):
        """A processor for each of so many processes to keep to (conftest.py), if there are as many."""
        found = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []
        return found if len(found) == number else [None] * number

    @staticmethod
    def show_end(log):
        """What pytest says at its end: failures with their tracebacks, and its summary."""
        text = log.read_text(errors="replace")
        cut = re.search(r"^=+ (ERRORS|FAILURES|short test summary info) =+$", text, re.M)
        say(text[cut.start() :] if cut else "\n".join(text.splitlines()[-40:]))

    def results(self):
        for file in sorted(self.folder.glob("*.jsonl")):
            for line in file.read_text(errors="replace").splitlines():
                with contextlib.suppress(ValueError):
                    yield json.loads(line)

    def so_far(self, shown):
        counts = {}
        for result in self.results():
            outcome = result.get("outcome")
            if outcome:
                counts[outcome] = counts.get(outcome, 0) + 1
            if outcome == "failed" and result["test"] not in shown:
                shown.add(result["test"])
                say(f"FAILED {result['test']}")
        return ", ".join(f"{count} {outcome}" for outcome, count in sorted(counts.items()))

    def report(self, codes, seconds):
        """Add up what the processes did. Tests are the same wherever they ran."""
        outcomes, times = {}, {}
        worse = {"passed": 0, "skipped": 1, "failed": 2}
        for result in self.results():
            if "outcome" in result:
                before = outcomes.get(result["test"], "passed")
                outcomes[result["test"]] = max(before, result["outcome"], key=worse.get)
            else:
                times[result["test"]] = result["seconds"]
        if not self.selected:
            keep_times(self.dev.state.folder / "test-times.json", times)
        count = {
            outcome: sum(1 for one in outcomes.values() if one == outcome) for outcome in worse
        }
        # 5 is pytest's "no test ran", which is fine for a process that came too late.
        broken = [code for code in codes if code not in (0, 1, 5)]
        if broken:
            say(f"pytest ended with code {broken[0]}")
        if not outcomes:
            say("no test ran")
        say(f"{seconds:.0f} s in {len(codes)} process{'es' if len(codes) > 1 else ''}")
        say(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
        return 1 if broken or count["failed"] or not count["passed"] else 0

    @property
    def selected(self):
        """Whether single tests were asked for, which say nothing about their classes."""
        return any(path == "-k" or path.count("::") > 1 for path in self.paths)


def keep_times(file, times):
    """Remember how long each class took, so that the longest start first next time.

    A class counts for at most twice what it took before: the machine may have been asleep.
    """
    known = {}
    with contextlib.suppress(OSError, ValueError):
        known = json.loads(file.read_text())
    groups = {}
    for test, seconds in times.items():
        group = test.rpartition("::")[0]
        groups[group] = groups.get(group, 0) + seconds
    for group, seconds in groups.items():
        known[group] = round(min(seconds, 2 * max(known.get(group, seconds), 5)), 2)
    part = file.with_suffix(f".{os.getpid()}")
    part.write_text(json.dumps(known, indent=0, sort_keys=True))
    part.rename(file)
