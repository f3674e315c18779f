"""Jobs that go through very many documents, each in a database of its own.

A job commits, so it works on a copy of the database that is dropped afterwards. It runs in a
process of its own, is killed with a tenth of the work done, and is started again by another:
nothing may be lost or done twice, and the second needs no more memory than the first.
"""

import argparse
import json
import os
import signal
import subprocess
import sys
import time
from contextlib import closing, contextmanager
from unittest.mock import patch

from odoo import api, sql_db
from odoo.modules.registry import Registry
from odoo.tools import SQL, config

from tests.bench.clock import Clock
from tests.bench.sides import Ours

#: documents that a job is given; a tenth of it in the quick benchmark
DOCUMENTS = 100_000
#: seconds that Odoo gives a job before it turns to the next one
SLICE = 10


class DeadlineCron:
    """Deadlines of orders: half of them are due soon, half are overdue."""

    job = "sales_regulation.ir_cron_deadline"
    #: rows that the job has not come to yet
    waiting = SQL(
        "SELECT COUNT(*) FROM regulation_deadline WHERE state = 'open' AND warned_at IS NULL"
    )

    @staticmethod
    def prepare(side, number):
        """Orders of two salespeople and their clocks, copied in the tables."""
        cr = side.cr
        cr.execute("UPDATE regulation_deadline_rule SET escalate_to = 'superior'")
        side.env.invalidate_all()
        order = side.quotations(1)
        order.action_confirm()
        clock = side.env["regulation.deadline"]._start(order.sudo(), "ship_promptly")
        side.flush()
        people = SQL("(%s::int[])[1 + each.n %% 2]", [side.rep.id, side.people["liqiang"].id])
        copy_rows(
            cr,
            "sale_order",
            order.id,
            SQL("SELECT generate_series(1, %s)", number),
            name=SQL("'B' || each.n"),
            user_id=people,
        )
        now = SQL("now() AT TIME ZONE 'UTC'")
        copy_rows(
            cr,
            "regulation_deadline",
            clock.id,
            SQL("SELECT id FROM sale_order WHERE id > %s", order.id),
            res_id=SQL("each.n"),
            user_id=people,
            started_at=SQL("%s - interval '2 days'", now),
            due_at=SQL(
                "%s + CASE each.n / 2 %% 2 WHEN 0 THEN interval '1 day'"
                " ELSE interval '-1 hour' END",
                now,
            ),
            warn_at=SQL("%s - interval '1 day'", now),
        )
        cr.execute("DELETE FROM regulation_deadline WHERE res_id <= %s", [order.id])
        cr.execute("ANALYZE sale_order, regulation_deadline")

    @staticmethod
    def check(cr, number):
        """Each deadline has one task, and each that is overdue one row in the register."""
        cr.execute(
            """
            SELECT COUNT(*) FILTER (WHERE state = 'overdue'),
                   COUNT(*) FILTER (WHERE state = 'open' AND warned_at IS NOT NULL),
                   COUNT(DISTINCT COALESCE(escalation_activity_id, warning_activity_id))
              FROM regulation_deadline
            """
        )
        overdue, warned, tasks = cr.fetchone()
        cr.execute(
            "SELECT COUNT(*), COUNT(DISTINCT res_id) FROM regulation_register"
            " WHERE event = 'deadline_breached' AND code = 'ship_promptly'"
        )
        rows, documents = cr.fetchone()
        cr.execute(
            "SELECT COUNT(*) FROM mail_activity WHERE automated AND res_model = 'sale.order'"
        )
        made = cr.fetchone()[0]
        expected = (number, number, overdue, overdue)
        if (overdue + warned, tasks, rows, documents) != expected or made != number:
            raise AssertionError(
                f"{number} deadlines: {overdue} overdue, {warned} warned, {tasks} of {made} tasks,"
                f" {rows} rows for {documents} documents in the register"
            )


class RecycleCron:
    """Customers whom nobody has contacted: all of them have lapsed and go back to the pool."""

    job = "sales_regulation.ir_cron_recycle"
    waiting = SQL(
        "SELECT COUNT(*) FROM customer_registration"
        " WHERE state = 'active' AND registered_at < now() - interval '20 days'"
    )

    @staticmethod
    def prepare(side, number):
        """One customer and his registration, copied in the tables, of two salespeople."""
        cr, env = side.cr, side.env
        customer = env["res.partner"].create(
            {
                "name": "Recycled",
                "is_company": True,
                "company_id": side.company.id,
                "user_id": side.rep.id,
            }
        )
        side.flush()
        registration = env["customer.registration"].search([("partner_id", "=", customer.id)])
        cr.execute("UPDATE regulation_profile SET ownership_mode = 'release'")
        people = SQL("(%s::int[])[1 + each.n %% 2]", [side.rep.id, side.people["liqiang"].id])
        copy_rows(
            cr,
            "res_partner",
            customer.id,
            SQL("SELECT generate_series(1, %s)", number),
            user_id=people,
            commercial_partner_id=SQL("NULL"),
        )
        cr.execute(
            "UPDATE res_partner SET commercial_partner_id = id WHERE commercial_partner_id IS NULL"
        )
        copy_rows(
            cr,
            "customer_registration",
            registration.id,
            SQL("SELECT id FROM res_partner WHERE id > %s", customer.id),
            partner_id=SQL("each.n"),
            user_id=SQL("(SELECT user_id FROM res_partner WHERE id = each.n)"),
            registered_at=SQL("now() - interval '30 days'"),
        )
        cr.execute("DELETE FROM customer_registration WHERE partner_id <= %s", [customer.id])
        cr.execute("UPDATE res_partner SET user_id = NULL WHERE id <= %s", [customer.id])
        cr.execute("ANALYZE res_partner, customer_registration")

    @staticmethod
    def check(cr, number):
        """Each customer has lost its owner once, and the register says so once."""
        cr.execute(
            "SELECT COUNT(*) FROM res_partner WHERE name = 'Recycled' AND user_id IS NOT NULL"
        )
        (owned,) = cr.fetchone()
        cr.execute(
            """
            SELECT COUNT(*), COUNT(DISTINCT row.res_id) FROM regulation_register row
              JOIN res_partner customer ON customer.id = row.res_id
             WHERE row.res_model = 'res.partner' AND customer.name = 'Recycled'
               AND row.event = 'owner_released'
            """
        )
        rows, customers = cr.fetchone()
        if owned or (rows, customers) != (number, number):
            raise AssertionError(
                f"{number} customers: {owned} still owned, {rows} rows for {customers} customers"
            )


CRONS = {"deadline_cron": DeadlineCron, "recycle_cron": RecycleCron}


# -- in this process: prepare, kill, start again ----------------------------------


def measure(database, config_file, quick):
    """``{name: entry}`` of all jobs; no session may be open on the database."""
    number = DOCUMENTS // 10 if quick else DOCUMENTS
    results = {}
    for name, cron in CRONS.items():
        with copy_of(database, f"{database}_cron") as copy:
            results[name] = _measure(cron, name, copy, config_file, number)
            print(f"{name:<24} {results[name]}", flush=True)
    return results


@contextmanager
def copy_of(database, name):
    """A database that lasts as long as this."""
    subprocess.run(["dropdb", "--if-exists", name], check=True, stderr=subprocess.DEVNULL)
    subprocess.run(["createdb", "-T", database, name], check=True)
    try:
        yield name
    finally:
        Registry.delete(name)
        sql_db.close_db(name)
        subprocess.run(["dropdb", "--force", name], check=True)


def _measure(cron, name, database, config_file, number):
    side = Ours(database)
    with closing(side):
        side.setup()
        cron.prepare(side, number)
        side.cr.commit()
    command = [sys.executable, "-m", "tests.bench.crons", config_file, database, name]
    with closing(sql_db.db_connect(database).cursor()) as cr:
        killed = subprocess.Popen(command)
        while _waiting(cr, cron) > number * 0.9 and killed.poll() is None:
            time.sleep(0.1)
        killed.send_signal(signal.SIGKILL)
        memory_of_killed = _memory_of(killed)
        rest = _waiting(cr, cron)
        restarted = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        output = restarted.stdout.read()
        memory = _memory_of(restarted)
        if killed.returncode != -signal.SIGKILL or restarted.returncode or _waiting(cr, cron):
            raise AssertionError(f"{name}: {killed.returncode}, {restarted.returncode}, {output}")
        cron.check(cr, number)
    return {
        "documents": number,
        "done_before_kill": number - rest,
        "peak_mb_before_kill": memory_of_killed,
        "peak_mb": memory,
        **json.loads(output.splitlines()[-1]),
    }


def _waiting(cr, cron):
    cr.execute(cron.waiting)
    (waiting,) = cr.fetchone()
    cr.rollback()
    return waiting


def _memory_of(process):
    """The most memory that a process has had, in MB, once it has ended."""
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return round(usage.ru_maxrss / 1024)


def copy_rows(cr, table, row_id, each, **changes):
    """Copy a row once for each ``n`` of a query.

    :param SQL each: query of one column
    :param changes: columns that are not copied: SQL in which ``each.n`` stands for the value
    """
    cr.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
        " AND NOT attisdropped AND attname <> 'id'",
        [table],
    )
    columns = [column for (column,) in cr.fetchall()]
    cr.execute(
        SQL(
            "INSERT INTO %s (%s) SELECT %s FROM %s AS source, (%s) AS each(n) WHERE source.id = %s",
            SQL.identifier(table),
            SQL(", ").join(map(SQL.identifier, columns)),
            SQL(", ").join(
                changes.get(column) or SQL.identifier("source", column) for column in columns
            ),
            SQL.identifier(table),
            each,
            row_id,
        )
    )


# -- in a process of its own: the job ---------------------------------------------


def work(database, name):
    """Run the job until nothing is left, in slices as Odoo does; print what it took."""
    commits = []
    with closing(sql_db.db_connect(database).cursor()) as cr:
        env = api.Environment(cr, api.SUPERUSER_ID, {})
        job = env.ref(CRONS[name].job)
        clock = Clock(cr)
        original = type(env["ir.cron"])._commit_progress

        def counted(self, processed=0, **kwargs):
            commits.append(processed)
            return original(self, processed, **kwargs)

        slices = 0
        with patch.object(type(env["ir.cron"]), "_commit_progress", counted):
            while True:
                slices += 1
                run, progress = job.with_context(
                    cron_id=job.id, cron_end_time=time.monotonic() + SLICE
                )._add_progress()
                run.ir_actions_server_id.with_context(run.env.context).run()
                cr.commit()
                if not progress.remaining:
                    break
        cost = clock.cost()
    print(
        json.dumps(
            {
                "ours_s": round(cost.processor, 2),
                "ours_elapsed_s": round(cost.elapsed, 2),
                "queries": cost.queries,
                "batches": sum(map(bool, commits)),
                "largest_batch": max(commits),
                "slices": slices,
            }
        )
    )


def main():
    parser = argparse.ArgumentParser()
    for name in ("config", "database", "job"):
        parser.add_argument(name)
    options = parser.parse_args()
    config.parse_config(["-c", options.config, "--log-level", "error"])
    Registry(options.database)
    work(options.database, options.job)


if __name__ == "__main__":
    main()
