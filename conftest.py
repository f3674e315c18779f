"""How `./dev test` runs the tests: who takes which, and what became of them.

Without ./dev's environment variables this does next to nothing, so that a bare
`pytest` works as well.
"""

import json
import os
import threading
from pathlib import Path

import pytest

REPORT = os.environ.get("DEV_REPORT")
CLAIMS = os.environ.get("DEV_CLAIMS")
_began = {}


def pytest_collection_modifyitems(config, items):
    """Leave out what is tagged `long` or, in an addon, `-standard`, unless it is asked for."""
    if os.environ.get("LONG") or any("::" in str(arg) for arg in config.args):
        return
    left_out = [item for item in items if _is_long(item.cls)]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


def _is_long(cls):
    tags = getattr(cls, "test_tags", None) or set()
    # Odoo gives the tag "standard" only to tests inside an addon.
    in_addon = cls is not None and cls.__module__.startswith("odoo.addons.")
    return "long" in tags or (in_addon and "standard" not in tags)


def pytest_runtest_logstart(nodeid, location):
    _began[nodeid] = os.times().elapsed  # a clock that tests do not freeze


def pytest_runtest_logreport(report):
    """Note each result at once: the parent process shows how far we are."""
    if REPORT and (report.when == "call" or report.outcome != "passed"):
        seconds = os.times().elapsed - _began.get(report.nodeid, os.times().elapsed)
        result = {"test": report.nodeid, "outcome": report.outcome, "seconds": round(seconds, 2)}
        with open(REPORT, "a", encoding="utf8") as file:
            file.write(json.dumps(result) + "\n")


def pytest_collectreport(report):
    """A file that cannot be imported is a failed test."""
    if REPORT and report.failed:
        pytest_runtest_logreport(_Failed(report.nodeid))


class _Failed:
    when, outcome, duration = "collect", "failed", 0

    def __init__(self, nodeid):
        self.nodeid = nodeid


# -- several processes ---------------------------------------------------------


def _group(item):
    return item.nodeid.rpartition("::")[0]


def _longest_first(groups):
    try:
        times = json.loads(Path(os.environ["DEV_TIMES"]).read_text())
    except (KeyError, OSError, ValueError):
        times = {}
    return sorted(groups, key=lambda group: (-times.get(group, 60), group))


def _claim(group):
    """Whether this process is the first to want the group."""
    name = group.replace("%", "%25").replace("/", "%2F")
    try:
        os.close(os.open(os.path.join(CLAIMS, name), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Several processes share the tests: each takes the next class nobody has taken."""
    if not CLAIMS or session.config.option.collectonly:
        return None
    if session.testsfailed and not session.config.option.continue_on_collection_errors:
        raise session.Interrupted(f"{session.testsfailed} errors during collection")
    groups = {}
    for item in session.items:
        groups.setdefault(_group(item), []).append(item)
    mine = (group for group in _longest_first(groups) if _claim(group))
    items = (item for group in mine for item in groups[group])
    # The next item is needed to know which fixtures to keep, hence claimed one ahead.
    item = next(items, None)
    while item:
        following = next(items, None)
        item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
        if session.shouldfail:
            raise session.Failed(session.shouldfail)
        if session.shouldstop:
            raise session.Interrupted(session.shouldstop)
        item = following
    return True


@pytest.fixture(scope="session", autouse=True)
def _no_background_threads():
    """Name what a test left running instead of hanging at the end."""
    yield
    left = [
        thread.name
        for thread in threading.enumerate()
        if not thread.daemon and thread is not threading.main_thread()
    ]
    if left:
        print("threads still running:", ", ".join(left))
