"""How `./dev test` runs the tests: who takes which, and what became of them.

Without ./dev's environment variables this does next to nothing, so that a bare
`pytest` works as well.
"""

import contextlib
import gc
import json
import os
import threading
from pathlib import Path

import psycopg2
import pytest

REPORT = os.environ.get("DEV_REPORT")
CLAIMS = os.environ.get("DEV_CLAIMS")
APART = os.environ.get("APART")
CORE = os.environ.get("DEV_CORE")
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
    if report.outcome == "passed" and (report.when != "call" or hasattr(report, "context")):
        return  # nor what passed within a test
    _note(test=report.nodeid, outcome=report.outcome)


def pytest_runtest_logfinish(nodeid, location):
    """What a test took, with the set-up and the end of its class if it was its first or last."""
    now = os.times().elapsed
    _note(test=nodeid, seconds=round(now - _began.get(nodeid, now), 2))


def _note(**result):
    if REPORT:
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


#: what takes longest, by a word of its name
LONGEST = {"test_sequences": 900, "sequences": 300, "StorylineTours": 200, "TestCard": 100}


def _in_order(groups):
    """The longest first, those that share a company one after the other."""
    try:
        times = json.loads(Path(os.environ["DEV_TIMES"]).read_text())
    except (KeyError, OSError, ValueError):
        times = {}

    def key(group):
        cls = groups[group][0].cls
        company = _company_of(cls)
        if company:
            turn = (1, company)
        elif hasattr(cls, "registry"):
            turn = (2,)
        else:
            turn = (0,)  # in processes of their own, and long
        # On a machine that has not run them yet
        guess = next((seconds for word, seconds in LONGEST.items() if word in group), 60)
        return (turn, -times.get(group, guess), group)

    return sorted(groups, key=key)


def _claim(group):
    """Whether this process is the first to want the group."""
    name = group.replace("%", "%25").replace("/", "%2F")
    try:
        os.close(os.open(os.path.join(CLAIMS, name), os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        return False
    return True


def pytest_configure(config):
    if CORE and not APART:
        _stay_on(int(CORE))


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop(session):
    """Several processes share the tests: each takes the next class nobody has taken."""
    if _with_odoo(session.config):
        _shared().enabled = not APART
    if not CLAIMS or session.config.option.collectonly:
        return None
    if session.testsfailed and not session.config.option.continue_on_collection_errors:
        raise session.Interrupted(f"{session.testsfailed} errors during collection")
    groups = {}
    for item in session.items:
        groups.setdefault(_group(item), []).append(item)
    mine = (group for group in _in_order(groups) if _claim(group))
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


# -- one company for many classes ------------------------------------------------


def _shared():
    """What shares the company of the tests among their classes, None without Odoo."""
    try:
        from odoo.addons.sales_regulation.tests.shared import shared
    except ImportError:
        return None
    return shared


def _with_odoo(config):
    return config.pluginmanager.hasplugin("odoo") and _shared()


def _company_of(cls):
    return _shared().key_of(cls) if hasattr(cls, "share_company") else None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """The company is in nobody's way who does not share it."""
    if hasattr(item.cls, "registry") and not hasattr(item.cls, "share_company"):
        _shared().close()


def _cheap_keys():
    """Keys of the API cost as little as passwords, which Odoo sees to in its tests."""
    from passlib.context import CryptContext

    from odoo.addons.base.models import res_users

    res_users.KEY_CRYPT_CONTEXT = CryptContext(["pbkdf2_sha512"], pbkdf2_sha512__rounds=1)


def _cheap_clock():
    """freezegun lists the names in all modules each time it stops the clock: count them instead."""
    from freezegun import api as freezegun

    freezegun._get_module_attributes_hash = lambda module: (
        f"{id(module)}-{len(getattr(module, '__dict__', ()))}"
    )


def _stay_on(core):
    """Keep this process, and those that serve it in the database, on one processor.

    The two take turns: where they share one, none has to be woken up on another.
    """
    connect = psycopg2.connect

    def connect_nearby(*arguments, **options):
        connection = connect(*arguments, **options)
        # Other threads are several people at one moment: those do run side by side
        alone = threading.current_thread() is threading.main_thread()
        if alone and connection.info.host.startswith("/"):  # a socket: on this machine
            with contextlib.suppress(OSError):  # of somebody else
                os.sched_setaffinity(connection.get_backend_pid(), {core})
        return connection

    os.sched_setaffinity(0, {core})
    psycopg2.connect = connect_nearby


@pytest.fixture(scope="session", autouse=True)
def _registry_at_hand(request):
    """Do once what each class would do; and look for no garbage in what stays, the registry."""
    if not _with_odoo(request.config):
        yield
        return
    request.getfixturevalue("load_http")
    from odoo.addons.sales_regulation.tests.browser import keep_browsers
    from odoo.addons.sales_regulation.tests.caches import keep_caches

    ends = [] if APART else [keep_caches(), keep_browsers()]
    _cheap_keys()
    _cheap_clock()
    gc.collect()
    gc.freeze()
    # What a request leaves behind is looked through twenty times less often, most of it is gone
    gc.set_threshold(50_000, 20, 20)
    yield
    for end in ends:
        end()
    _shared().close()


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
