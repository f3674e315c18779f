"""Counts the SQL queries of every test that Odoo's own runner runs.

One JSON line per test is written to a file:

    {"test": "odoo.addons.sale.tests.test_sale_order.TestSaleOrder.test_x",
     "outcome": "passed", "queries": 210, "fills": 14, "updates": 9,
     "served": 0, "seconds": 0.4}

`queries` are those of the test itself, `fills` those that filled one of Odoo's caches
(`ormcache`) on its behalf: which test pays for a cold cache depends on what ran before, so
they are counted apart. `served` are those of other threads, which answer a browser.

`updates` are those that flush columns of Odoo's: how many there are depends on the order of
sets, by which Odoo recomputes. The same test of Odoo's without any addon of ours had 24
updates in 22 flushes or 25 in 23, in turn, and always 353 other statements (sale_stock,
test_05_confirm_cancel_confirm); nothing reads more often because something is flushed more
often. An update of a column of ours is one of the `queries`.
With `statements` each line also has {statement: how often} for `queries` and `fills`.
"""

import collections
import functools
import json
import re
import threading
import time

from odoo.models import BaseModel
from odoo.sql_db import Cursor
from odoo.tests.result import OdooTestResult
from odoo.tools.cache import ormcache

_filling = threading.local()
_flushing = threading.local()
OURS = {"sales_regulation", "sales_kpi", "sales_confidentiality"}


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
        elif flushes_stock(query):
            kind = "updates"
        else:
            kind = "queries"
        self.counts[kind] += 1
        if self.keep_statements and kind != "served":
            self.statements[f"{kind}: {shape(query)}"] += 1


def flushes_stock(query):
    """Whether this writes columns of Odoo's only, on behalf of a flush."""
    own = getattr(_flushing, "own", None)
    text = str(getattr(query, "code", query))
    return (
        own is not None
        and re.match(r'\s*UPDATE\b.*"__tmp"', text, re.S) is not None
        and not any(f'"{column}" =' in text for column in own)
    )


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

    write_multi = BaseModel._write_multi

    @functools.wraps(write_multi)
    def marking_write_multi(self, vals_list):
        outer = getattr(_flushing, "own", None)
        _flushing.own = {
            name for name, field in self._fields.items() if set(field._modules or ("",)) <= OURS
        }
        try:
            return write_multi(self, vals_list)
        finally:
            _flushing.own = outer

    Cursor.execute = counting_execute
    BaseModel._write_multi = marking_write_multi
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
            "updates": meter.counts["updates"],
            "served": meter.counts["served"],
            "seconds": round(time.monotonic() - meter.started, 2),
        }
        if statements:
            line["statements"] = dict(meter.statements)
        with open(path, "a", encoding="utf8") as file:
            file.write(json.dumps(line) + "\n")

    OdooTestResult.startTest = startTest
    OdooTestResult.stopTest = stopTest
