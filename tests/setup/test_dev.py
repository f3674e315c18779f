"""The script that sets up and tests everything is itself tested, as far as it can go wrong quietly."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import patch

import polib
from devkit import core, debian, system, translations
from devkit.console import Fail, tree_digest
from devkit.debian import Debian
from devkit.postgres import Postgres
from devkit.state import State
from devkit.stock import Stock
from devkit.testing import Tests, keep_times

REPO = Path(__file__).resolve().parents[2]


class InFolder(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.folder = Path(tempfile.mkdtemp())
        self.addCleanup(shutil.rmtree, self.folder)


class TestLogs(InFolder):
    HEAD = "2026-01-02 10:00:00,000 7 {level} db {text}\n"

    def _complaints(self, *lines):
        log = self.folder / "odoo.log"
        log.write_text("".join(self.HEAD.format(level=level, text=text) for level, text in lines))
        return core.complaints(log)

    def test_warnings_and_errors_are_found(self):
        found = self._complaints(
            ("INFO", "odoo.modules.loading: Loading module sales_regulation (3/3)"),
            ("WARNING", "odoo.models: unknown parameter 'states'"),
            ("ERROR", "odoo.sql_db: bad query\nTraceback (most recent call last):\n  File x"),
            ("INFO", "odoo.modules.loading: done"),
        )
        self.assertEqual(len(found), 4, "two lines, one of them with its traceback")

    def test_what_odoo_says_by_itself_is_not(self):
        found = self._complaints(
            (
                "WARNING",
                "py.warnings: x.py:1: DeprecationWarning: 'werkzeug.urls.url_quote' is old\n  a",
            )
        )
        self.assertEqual(found, [])

    def test_progress_is_the_last_module(self):
        log = self.folder / "odoo.log"
        log.write_text("x Loading module sale (7/90)\nx Loading module stock (8/90)\n")
        self.assertEqual(core.loading(log), "8/90 stock")


class TestFingerprint(InFolder):
    def test_content_and_names_count_tests_do_not(self):
        addon = self.folder / "addon"
        (addon / "tests").mkdir(parents=True)
        (addon / "model.py").write_text("a")
        before = tree_digest(addon, skip=("tests",))
        (addon / "tests" / "test_a.py").write_text("b")
        self.assertEqual(tree_digest(addon, skip=("tests",)), before)
        (addon / "model.py").rename(addon / "models.py")
        self.assertNotEqual(tree_digest(addon, skip=("tests",)), before)


class TestSlots(InFolder):
    def test_no_more_jobs_than_slots_at_a_time(self):
        state = State(self.folder)
        state.make()
        running, most, lock = set(), [], threading.Lock()

        def job(number, wanted):
            with state.slots(wanted):
                with lock:
                    running.add((number, wanted))
                    most.append(sum(size for _number, size in running))
                time.sleep(0.2)
                with lock:
                    running.remove((number, wanted))

        with patch("devkit.state.say"):
            jobs = [
                threading.Thread(target=job, args=(number, wanted))
                for number, wanted in enumerate((1, 2, 1, 2, 1))
            ]
            for thread in jobs:
                thread.start()
            for thread in jobs:
                thread.join(60)
        self.assertEqual(len(most), 5, "everybody had a turn")
        self.assertLessEqual(max(most), 2)


class TestDownloads(InFolder):
    def test_a_broken_file_is_thrown_away(self):
        if not shutil.which("dpkg-deb"):
            self.skipTest("dpkg is not installed")
        archive = Debian(SimpleNamespace(folder=self.folder))
        archive.cache = self.folder / "debs"
        (archive.cache / "sid").mkdir(parents=True)
        source = self.folder / "tiny"
        (source / "DEBIAN").mkdir(parents=True)
        (source / "DEBIAN" / "control").write_text(
            "Package: tiny\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.com>\nDescription: x\n"
        )
        (source / "content").write_bytes(os.urandom(100_000))
        good = archive.cache / "sid" / "tiny_1_all.deb"
        subprocess.run(["dpkg-deb", "--build", source, good], check=True, capture_output=True)
        self.assertEqual(archive.cached("sid", "tiny"), good)
        broken = archive.cache / "sid" / "tiny_2_all.deb"
        broken.write_bytes(good.read_bytes()[:50_000])
        self.assertEqual(archive.cached("sid", "tiny"), good)
        self.assertFalse(broken.exists())


class TestKeyring(InFolder):
    """Debian's archive is signed by keys that an older distribution has never heard of."""

    def _apt(self, known):
        """A private apt where the system's keyring has the key of the suites ``known``."""
        archive = debian.Debian(SimpleNamespace(folder=self.folder))
        archive.folder.mkdir(exist_ok=True)
        system = self.folder / "system.gpg"

        def run(command, **_options):
            sources = (archive.folder / "sources.list").read_text()
            suites = [line.split()[3] for line in sources.splitlines()]
            if command[:2] == ["apt-get", "update"]:
                if str(system) in sources and not known.issuperset(suites):
                    return SimpleNamespace(returncode=100, stdout="NO_PUBKEY 6ED0E7B82643E131")
                for suite in suites:
                    (archive.folder / "lists" / f"{suite}_Packages").touch()
            elif command[:2] == ["apt-get", "download"]:
                (_options["cwd"] / "keyring.deb").touch()
            elif command[:2] == ["dpkg", "-x"]:
                (command[3] / debian.KEYRING).parent.mkdir(parents=True)
                (command[3] / debian.KEYRING).touch()
            return SimpleNamespace(returncode=0, stdout="")

        with (
            patch.object(debian, "run", run),
            patch.object(archive, "keyring", return_value=system),
            patch.object(archive, "mirror", return_value="http://mirror.example.com/debian"),
        ):
            archive.apt()
        return archive, (archive.folder / "sources.list").read_text()

    def test_todays_keys_are_used_as_they_are(self):
        archive, sources = self._apt({*debian.SUITES})
        self.assertFalse(archive.newer_keyring)
        self.assertEqual(sources.count("system.gpg"), 3)

    def test_older_keys_get_the_newer_ones(self):
        archive, sources = self._apt({debian.OLDER})
        self.assertEqual(sources.count(str(archive.newer_keyring)), 3)
        self.assertNotIn(debian.OLDER, sources)

    def test_without_either_it_says_so(self):
        with self.assertRaisesRegex(Fail, "could not be read"):
            self._apt(set())


class TestOlderSystem(unittest.TestCase):
    def test_age_of_the_c_library(self):
        for version, older in (("2.35", True), ("2.36", False), ("2.39", False), ("2.4.1", True)):
            with self.subTest(version), patch("os.confstr", return_value=f"glibc {version}"):
                self.assertEqual(debian.has_older_libc(), older)


class TestSocket(InFolder):
    def test_a_long_path_gets_a_short_socket(self):
        deep = self.folder / ("deep" * 30)
        deep.mkdir()
        with patch.object(Postgres, "may_enter", return_value=True):
            self.assertLess(len(str(Postgres(State(deep)).socket)), 80)
            self.assertEqual(Postgres(State(self.folder)).socket, self.folder / "run")


class TestWhichPython(InFolder):
    """Everything runs with a Python that was built with a profile, if there is one."""

    def _chosen(self, profiled=False, minor=12, venv=True, admin=None):
        with (
            patch.object(system, "is_profiled", return_value=profiled),
            patch.object(system, "minor", return_value=minor),
            patch.object(system, "has_venv", return_value=venv),
            patch.object(system.System, "admin", return_value=admin),
        ):
            return system.System(State(self.folder)).python()

    def test_the_one_it_was_started_with(self):
        self.assertEqual(self._chosen(profiled=True), sys.executable)
        self.assertEqual(self._chosen(minor=None), sys.executable, "there is no other")
        self.assertEqual(self._chosen(minor=14), sys.executable, "Odoo does not run with that")
        self.assertEqual(
            self._chosen(venv=False), sys.executable, "it makes no environments, nor may we add that"
        )

    def test_else_that_of_the_distribution(self):
        self.assertEqual(self._chosen(), "/usr/bin/python3")
        self.assertEqual(self._chosen(venv=False, admin=["sudo"]), "/usr/bin/python3")

    def test_what_is_asked_of_a_python(self):
        self.assertEqual(system.minor(sys.executable), sys.version_info[1])
        self.assertIsNone(system.minor(self.folder / "python"))
        self.assertFalse(system.has_venv(self.folder / "python"))

    def test_the_package_that_is_missing_is_of_the_chosen_one(self):
        with (
            patch.object(system.System, "python", return_value="/usr/bin/python3"),
            patch.object(system, "minor", return_value=12),
            patch.object(system, "has_venv", return_value=False),
        ):
            missing = system.System(State(self.folder)).missing_for_python()
        self.assertEqual(list(missing), ["python3.12-venv"])


class TestStockComparison(InFolder):
    """What makes Odoo's suites 'different'."""

    def _compare(self, without, ours, again=None):
        dev = SimpleNamespace(
            state=SimpleNamespace(runs=self.folder),
            options=SimpleNamespace(jobs=1, rest=[]),
            database="x",
        )
        stock = Stock(dev)

        def results(counts):
            return {
                f"odoo.addons.sale.tests.test_a.TestA.{name}": {
                    "outcome": "failed" if count is None else "passed",
                    "queries": count or 0,
                    "fills": 0,
                    "served": 0,
                    "updates": 0,
                    "statements": {"queries: SELECT .. FROM x": count or 0},
                }
                for name, count in counts.items()
            }

        again = again or (without, ours)
        with (
            patch("devkit.stock.say"),
            patch.object(
                stock,
                "measure",
                return_value=dict(zip(("without", "with"), map(results, again), strict=True)),
            ),
        ):
            return stock.compare(results(without), results(ours), {})

    def test_the_same_or_fewer_queries_are_no_difference(self):
        self.assertEqual(self._compare({"test_a": 5, "test_b": 7}, {"test_a": 5, "test_b": 6}), [])

    def test_more_queries_are(self):
        problems = self._compare({"test_a": 5}, {"test_a": 6})
        self.assertIn("+1 queries", problems[0])
        self.assertIn("+1 in 1 tests: SELECT .. FROM x", problems[1])

    def test_more_queries_only_because_of_the_order_are_not(self):
        self.assertEqual(
            self._compare({"test_a": 5}, {"test_a": 6}, ({"test_a": 5}, {"test_a": 5})), []
        )

    def test_a_missing_test_is(self):
        self.assertTrue(self._compare({"test_a": 5, "test_b": 5}, {"test_a": 5}))

    def test_a_failed_test_is(self):
        self.assertTrue(self._compare({"test_a": 5}, {"test_a": None}))

    def test_a_test_that_fails_without_us_too_is_not(self):
        both = {"test_a": None, "test_b": 5}
        self.assertEqual(self._compare(both, both), [])

    def test_a_test_is_named_as_odoo_does(self):
        name = "odoo.addons.sale_stock.tests.test_x.TestX.test_y"
        self.assertEqual(Stock.tag(name), "/sale_stock:TestX.test_y")


class TestTranslations(InFolder):
    def setUp(self):
        super().setUp()
        self.exported = self.folder / "exported"
        self.exported.mkdir()
        (self.folder / "addon").mkdir()
        patcher = patch.multiple(translations, REPO=self.folder, say=lambda *_: None)
        patcher.start()
        self.addCleanup(patcher.stop)

    def _export(self, *terms):
        catalogue = polib.POFile()
        catalogue.metadata = {
            "Content-Type": "text/plain; charset=UTF-8",
            "POT-Creation-Date": "now",
        }
        catalogue.extend(polib.POEntry(msgid=term, occurrences=[("a.py", "0")]) for term in terms)
        catalogue.save(str(self.exported / "addon.pot"))

    def _translate(self, **terms):
        for language in ("zh_CN", "zh_TW"):
            path = self.folder / "addon" / "i18n" / f"{language}.po"
            catalogue = polib.pofile(str(path))
            for entry in catalogue:
                entry.msgstr = terms.get(entry.msgid, entry.msgstr)
            catalogue.save(str(path))

    def test_new_terms_are_missing_and_gone_ones_removed(self):
        self._export("Order", "Price")
        translations.merge_i18n(self.exported, check=False)
        self.assertEqual(
            translations.merge_i18n(self.exported, check=True), 1, "nothing is translated"
        )
        self._translate(Order="订单", Price="价格")
        self.assertEqual(translations.merge_i18n(self.exported, check=True), 0)
        self._export("Order", "Payment")
        self.assertEqual(
            translations.merge_i18n(self.exported, check=True), 1, "the template is stale"
        )
        translations.merge_i18n(self.exported, check=False)
        catalogue = polib.pofile(str(self.folder / "addon" / "i18n" / "zh_CN.po"))
        self.assertEqual(
            {entry.msgid: entry.msgstr for entry in catalogue}, {"Order": "订单", "Payment": ""}
        )


class TestSharedRun(InFolder):
    """Several processes run every test once between them."""

    def test_each_test_runs_once(self):
        shutil.copy(REPO / "conftest.py", self.folder)
        for number in range(4):
            (self.folder / f"test_{number}.py").write_text(
                "import time\n"
                "class TestA:\n    def test_a(self): time.sleep(.05)\n    def test_b(self): time.sleep(.05)\n"
                "class TestB:\n    def test_c(self): time.sleep(.05)\n    def test_d(self): assert False\n"
            )
        claims = self.folder / "claims"
        claims.mkdir()
        env = {
            key: value
            for key, value in os.environ.items()
            if not key.startswith(("DEV_", "ODOO", "PYTEST"))
        }
        processes = [
            subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "pytest",
                    "-q",
                    "-p",
                    "no:odoo",
                    "-p",
                    "no:cacheprovider",
                    ".",
                ],
                cwd=self.folder,
                env=dict(
                    env, DEV_CLAIMS=str(claims), DEV_REPORT=str(self.folder / f"{number}.jsonl")
                ),
                stdout=subprocess.DEVNULL,
            )
            for number in range(2)
        ]
        for process in processes:
            process.wait(120)
        results = [
            json.loads(line)
            for file in self.folder.glob("*.jsonl")
            for line in file.read_text().splitlines()
        ]
        timed = [result for result in results if "seconds" in result]
        self.assertEqual(len({result["test"] for result in timed}), len(timed))
        self.assertEqual(len(timed), 16)
        self.assertTrue(all(result["seconds"] < 60 for result in timed))
        results = [result for result in results if "outcome" in result]
        self.assertEqual(len(results), 16)
        self.assertEqual(len({result["test"] for result in results}), 16)
        self.assertEqual(sum(result["outcome"] == "failed" for result in results), 4)


class TestCores(unittest.TestCase):
    """As many processes as processors keep to one each."""

    def test_one_for_each_process(self):
        with patch.object(os, "sched_getaffinity", lambda pid: {3, 1}, create=True):
            self.assertEqual(Tests.cores(2), [1, 3])

    def test_else_the_system_decides(self):
        with patch.object(os, "sched_getaffinity", lambda pid: {0, 1, 2}, create=True):
            self.assertEqual(Tests.cores(2), [None, None])


class TestTimes(InFolder):
    """How long classes took, for the longest to start first."""

    def setUp(self):
        super().setUp()
        self.file = self.folder / "times.json"

    def test_the_tests_of_a_class_add_up(self):
        keep_times(self.file, {"a.py::A::test_1": 7, "a.py::A::test_2": 1, "a.py::B::test": 2})
        self.assertEqual(json.loads(self.file.read_text()), {"a.py::A": 8, "a.py::B": 2})

    def test_a_sleep_of_the_machine_is_soon_forgotten(self):
        for seconds, known in ((10, 10), (32_000, 20), (10, 10), (4, 4), (32_000, 10)):
            keep_times(self.file, {"a.py::A::test": seconds})
            self.assertEqual(json.loads(self.file.read_text()), {"a.py::A": known})

    def test_a_broken_file_is_made_anew(self):
        self.file.write_text("{")
        keep_times(self.file, {"a.py::A::test": 3})
        self.assertEqual(json.loads(self.file.read_text()), {"a.py::A": 3})
