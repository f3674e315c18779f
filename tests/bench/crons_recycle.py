# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The nightly run over many customers: batches that are committed, flat memory, restartable."""

import time
import tracemalloc

from odoo.tools import SQL

CUSTOMERS = 100_000


def measure(env, company, users, quick=False, number=None):
    """Let customers lapse and recycle them; nothing is committed.

    :param env: environment of a database with the addon and a regulation in force that releases
        lapsed customers of ``company``
    :param users: owners among whom the customers are spread
    :return: the entry ``recycle_cron`` of the benchmark
    """
    number = number or (CUSTOMERS // 10 if quick else CUSTOMERS)
    model = env["res.partner"].create(
        {"name": "Recycled", "is_company": True, "company_id": company.id}
    )
    env.flush_all()
    env.cr.execute(
        "SELECT column_name FROM information_schema.columns WHERE table_name = 'res_partner'"
        " AND column_name NOT IN ('id', 'user_id', 'commercial_partner_id')"
    )
    columns = SQL(", ").join(SQL.identifier(row[0]) for row in env.cr.fetchall())
    env.cr.execute(
        SQL(
            """
        WITH customer AS (
            INSERT INTO res_partner (%(columns)s, user_id)
            SELECT %(columns)s, (%(users)s::int[])[1 + n %% %(count)s]
              FROM res_partner, generate_series(1, %(number)s) n
             WHERE id = %(model)s
         RETURNING id, user_id)
        INSERT INTO customer_registration (partner_id, company_id, user_id, registered_at, how, state)
        SELECT id, %(company)s, user_id, now() - interval '30 days', 'registered', 'active'
          FROM customer
        """,
            columns=columns,
            company=company.id,
            users=users.ids,
            count=len(users),
            number=number,
            model=model.id,
        )
    )
    env.cr.execute(
        "UPDATE res_partner SET commercial_partner_id = id"
        " WHERE commercial_partner_id IS NULL AND company_id = %s",
        [company.id],
    )
    env.cr.execute("ANALYZE res_partner, customer_registration")
    env.invalidate_all()
    Registration = env["customer.registration"]
    tracemalloc.start()
    peaks, queries, last, done = [], [], 0, 0
    began = time.perf_counter()
    while True:
        before = env.cr.sql_log_count
        tracemalloc.reset_peak()
        count, last = Registration._recycle_batch(company, last)
        env.flush_all()
        env.invalidate_all()
        done += count
        queries.append(env.cr.sql_log_count - before)
        peaks.append(tracemalloc.get_traced_memory()[1] / 1e6)
        if not last:
            break
    seconds = time.perf_counter() - began
    tracemalloc.stop()
    env.cr.execute(
        "SELECT COUNT(*) FROM customer_registration WHERE state = 'active' AND company_id = %s",
        [company.id],
    )
    return {
        "recycle_cron": {
            "customers": number,
            "recycled": done,
            "left": env.cr.fetchone()[0],
            "batches": len(queries),
            "ours_s": round(seconds, 3),
            "queries": max(queries),
            "peak_mb": round(max(peaks), 1),
            "peak_mb_first": round(peaks[0], 1),
        }
    }
