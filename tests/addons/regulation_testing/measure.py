"""Counts the SQL queries of every test that Odoo's own runner runs.

One JSON line per test is written to a file:

    {"test": "odoo.addons.sale.tests.test_sale_order.TestSaleOrder.test_x",
     "outcome": "passed", "queries": 210, "fills": 14, "served": 0, "seconds": 0.4}

`queries` are those of the test itself, `fills` those that filled one of Odoo's caches
(`ormcache`) on its behalf: which test pays for a cold cache depends on what ran before, so
they are counted apart. `served` are those of other threads, which answer a browser.
With `statements` each line also has {statement: how often} for `queries` and `fills`.
"""

import collections
import functools
import json
import re
import threading
import time

from odoo.sql_db import Cursor
from odoo.tests.result import OdooTestResult
from odoo.tools.cache import ormcache

_filling = threading.local()


class Meter:
    def __init__(self, statements):
        self.keep_statements = statements
        self.reset()

    def reset(self):
        self.counts = collections.Counter()
        self.statements = collections.Counter()
        self.started = time.monotonic()

    def count(self, query):
        if threading.current_thread() is not threading.main_thread():
            kind = "served"
        elif getattr(_filling, "depth", 0):
            kind = "fills"
        else:
            kind = "queries"
        self.counts[kind] += 1
        if self.keep_statements and kind != "served":
            self.statements[f"{kind}: {shape(query)}"] += 1


def shape(query):
    """A statement without what may differ between two runs: columns, values, lengths of lists."""
    text = " ".join(str(getattr(query, "code", query)).split())
    text = re.sub(r"\bSELECT .*? FROM\b", "SELECT .. FROM", text)
    text = re.sub(r"\bSET .*? (FROM|WHERE)\b", r"SET .. \1", text)
    text = re.sub(r'AS "__tmp"\([^)]*\)', 'AS "__tmp"', text)
    text = re.sub(r"\(\s*%s(\s*,\s*%s)*\s*\)", "(%s)", text)
    text = re.sub(r"VALUES %s(, %s)+", "VALUES %s", text)
    text = re.sub(r"(INSERT INTO \S+) \(.*", r"\1", text)
    return re.sub(r'SAVEPOINT "?[\w-]+"?', "SAVEPOINT", text)[:400]


def start(path, statements=False):
    meter = Meter(statements)
    outcomes = {}
    execute, lookup = Cursor.execute, ormcache.lookup

    @functools.wraps(execute)
    def counting_execute(self, query, params=None, log_exceptions=True):
        meter.count(query)
        return execute(self, query, params, log_exceptions)

    @functools.wraps(lookup)
    def marking_lookup(self, *args, **kwargs):
        _filling.depth = getattr(_filling, "depth", 0) + 1
        try:
            return lookup(self, *args, **kwargs)
        finally:
            _filling.depth -= 1

    Cursor.execute = counting_execute
    ormcache.lookup = marking_lookup

    def remember(name, outcome):
        method = getattr(OdooTestResult, name)

        @functools.wraps(method)
        def remembering(self, test, *args, **kwargs):
            case = getattr(test, "test_case", None) or test
            if not self._soft_fail:  # it is tried once more
                outcomes[case.id()] = outcome
                if not hasattr(case, "_testMethodName"):  # setUpClass and the like
                    write(case.id())
            return method(self, test, *args, **kwargs)

        setattr(OdooTestResult, name, remembering)

    remember("addFailure", "failed")
    remember("addError", "failed")
    remember("addSkip", "skipped")
    start_test, stop_test = OdooTestResult.startTest, OdooTestResult.stopTest

    def startTest(self, test):
        start_test(self, test)
        meter.reset()

    def stopTest(self, test):
        write(test.id())
        stop_test(self, test)

    def write(test):
        line = {
            "test": test,
            "outcome": outcomes.get(test, "passed"),
            "queries": meter.counts["queries"],
            "fills": meter.counts["fills"],
            "served": meter.counts["served"],
            "seconds": round(time.monotonic() - meter.started, 2),
        }
        if statements:
            line["statements"] = dict(meter.statements)
        with open(path, "a", encoding="utf8") as file:
            file.write(json.dumps(line) + "\n")

    OdooTestResult.startTest = startTest
    OdooTestResult.stopTest = stopTest
