# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A database of its own, in which transactions really commit and really compete."""

import re
import threading
import uuid

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.modules.registry import Registry
from odoo.service.model import call_kw, retrying
from odoo.sql_db import close_db, db_connect
from odoo.tools import config, mute_logger

from .world import World


class ParallelWorld(World):
    """The company of the sequences, committed in a copy of the database the tests started from."""

    def __init__(self, source):
        self.name = f"{source}_parallel_{uuid.uuid4().hex[:6]}"
        with self._maintenance() as cr:
            cr.execute(f'CREATE DATABASE "{self.name}" TEMPLATE "{source}"')
        # Loading modules must not collect their tests a second time
        testing = config["test_enable"]
        config["test_enable"] = False
        try:
            self.registry = Registry(self.name)
        except Exception:
            self.drop()
            raise
        finally:
            config["test_enable"] = testing

    @staticmethod
    def source_of(dbname):
        """The database of which the running one is a copy, None if there is none."""
        source = re.sub(r"_run\d+$", "", dbname)
        if source == dbname:
            return None
        cr = db_connect("postgres").cursor()
        try:
            cr.execute("SELECT 1 FROM pg_database WHERE datname = %s", [source])
            return source if cr.fetchone() else None
        finally:
            cr.close()

    def build(self):
        cls = type(self)
        with self.registry.cursor() as cr:
            cls.env = api.Environment(cr, SUPERUSER_ID, {})
            cls._build_world()
            cls._build_parallel()
            cr.commit()
        # What was built belongs to a cursor that is closed: keep ids
        self.uids = {login: user.id for login, user in cls.users.items()}
        self.customer_ids = {code: partner.id for code, partner in cls.customers.items()}
        self.product_id = cls.product.id
        self.bank_id = cls.bank.id
        self.company_id = cls.company.id

    @classmethod
    def _build_parallel(cls):
        """Somebody beside Chen Gang who may decide, and a customer who pays as he is served."""
        cls.env["regulation.role.assignment"].create(
            {
                "role_id": cls.roles["sales_manager"].id,
                "company_id": cls.company.id,
                "user_id": cls.users["sgm"].id,
                "date_from": "2020-01-01",
            }
        )
        agreement = (
            cls.env["sale.payment.agreement"]
            .with_user(cls.users["fin"])
            .create(
                {
                    "partner_id": cls.customers["dongfang"].id,
                    "company_id": cls.company.id,
                    "mode": "delivered",
                    "reason": "Pays what is delivered",
                    "date_from": "2020-01-01",
                }
            )
        )
        agreement.action_confirm()

    def drop(self):
        Registry.delete(self.name)
        close_db(self.name)
        with self._maintenance() as cr:
            cr.execute(f'DROP DATABASE IF EXISTS "{self.name}" WITH (FORCE)')

    def _maintenance(self):
        cr = db_connect("postgres").cursor()
        cr._cnx.autocommit = True
        return _Closing(cr)

    # === CALLS === #

    def call(self, login, model, method, *args, **kwargs):
        """One request as the server handles it: replayed on conflicts, then committed."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, self.uids[login], {})
            return retrying(lambda: call_kw(env[model], method, list(args), dict(kwargs)), env)

    def together(self, *calls):
        """Requests that start at the same moment: ``[result or the refusal, ...]``.

        Anything but a result or a proper refusal is raised.
        """
        start = threading.Barrier(len(calls))
        results = [None] * len(calls)

        def run(index, call):
            start.wait()
            try:
                results[index] = self.call(*call)
            except Exception as error:
                results[index] = error

        threads = [
            threading.Thread(target=run, args=(index, call)) for index, call in enumerate(calls)
        ]
        with mute_logger("odoo.sql_db", "odoo.service.model"):
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join(120)
        for result in results:
            if isinstance(result, Exception) and not isinstance(result, UserError):
                raise result
        return results

    def rows(self, query, *params):
        with self.registry.cursor() as cr:
            cr.execute(query, params)
            return cr.fetchall()


class _Closing:
    def __init__(self, cr):
        self.cr = cr

    def __enter__(self):
        return self.cr

    def __exit__(self, *exc):
        self.cr._cnx.autocommit = False
        self.cr.close()
