# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import contextlib
import re
from collections import Counter
from functools import partial
from unittest.mock import patch

from odoo import Command
from odoo.exceptions import AccessError
from odoo.sql_db import Cursor
from odoo.tests import TransactionCase, new_test_user, tagged

from odoo.addons.sales_regulation.tests.screens import (
    is_ours,
    own_fields,
    show,
    specification,
)
from odoo.addons.sales_regulation.tools import engine

TABLES = re.compile(r'(?:FROM|JOIN|UPDATE|INTO) "?([a-z]\w*)')
#: an ordinary user of everything that we extend
GROUPS = (
    "sales_team.group_sale_salesman_all_leads,stock.group_stock_user,"
    "account.group_account_invoice,account.group_account_readonly,"
    "hr_expense.group_hr_expense_team_approver"
)


@tagged("post_install", "-at_install")
class TestUnregulated(TransactionCase):
    """With no active profile our addons cost no query (design: "Installing changes nothing").

    Odoo's own suites show that for what they do (``./dev test --stock``). Here every model
    of Odoo's that we extend is read whole, and shown on its screens, with and without our
    fields, also the models that no suite reads.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        profiles = cls.env["regulation.profile"].search([("state", "in", ("trial", "active"))])
        engine(profiles).write({"state": "retired"})
        cls.assertFalse(cls, cls.env["regulation.profile"]._regulated_companies())
        groups = GROUPS
        if "survey.survey" in cls.env:  # where the examination is installed
            groups += ",survey.group_survey_manager"
        cls.user = new_test_user(
            cls.env,
            login="unregulated",
            groups=groups,
            company_ids=[(6, 0, cls.env["res.company"].search([]).ids)],
        )
        cls.journal = cls.env["account.journal"].search([("type", "=", "bank")], limit=1)
        cls.env["account.bank.statement.line"].create(
            {"journal_id": cls.journal.id, "payment_ref": "Money", "amount": 10}
        )
        cls.env["calendar.event"].create({"name": "Meeting", "user_id": cls.user.id})
        employee = cls.env["hr.employee"].create({"name": "Employee", "user_id": cls.user.id})
        cls.env["hr.expense"].create(
            {"name": "Taxi", "employee_id": employee.id, "total_amount_currency": 10}
        )
        if "survey.survey" in cls.env:
            survey = cls.env["survey.survey"].create(
                {
                    "title": "Survey",
                    "question_and_page_ids": [Command.create({"title": "Why?"})],
                }
            )
            survey._create_answer(user=cls.user)
        cls.tables = {cls.env[name]._table for name in cls.registry if is_ours(cls.env[name])}

    def extended(self):
        """The stored models of Odoo's that have a field of ours, with a record the user reads."""
        for name in sorted(self.registry):
            model = self.env[name].with_user(self.user)
            own = own_fields(model)
            if is_ours(model) or model._abstract or model._transient or not own:
                continue
            # A record that was never under a regulation has nothing of ours to be named
            links = [
                (name, "=", False)
                for name in sorted(own)
                if model._fields[name].type == "many2one" and model._fields[name].store
            ]
            yield model, model.search(links, limit=1)

    def statements(self, *reads):
        """The tables that each of ``reads`` asks, statement by statement.

        With nothing remembered but what Odoo keeps between requests.
        """
        execute = Cursor.execute

        def note(cursor, query, params=None, log_exceptions=True):
            found.append(TABLES.findall(str(getattr(query, "code", query))))
            return execute(cursor, query, params, log_exceptions)

        results = []
        for read in (*reads, *reads):
            found = []
            self.env.invalidate_all()
            with patch.object(Cursor, "execute", note):
                read()
            results.append(sorted(found))
        # The first time each of them fills Odoo's caches
        return results[len(reads) :]

    def assert_nothing_additional(self, without, ours):
        for tables in ours:
            self.assertFalse(self.tables.intersection(tables), "a table of ours is read")
        # Fewer is possible: a field of ours names a record that Odoo would read for itself
        additional = Counter(map(tuple, ours)) - Counter(map(tuple, without))
        self.assertFalse(additional)

    def test_every_extended_model_is_tried(self):
        found = dict(self.extended())
        self.assertLessEqual(
            {
                "sale.order",
                "sale.order.line",
                "stock.picking",
                "stock.move",
                "res.partner",
                "calendar.event",
            },
            {model._name for model in found},
        )
        self.assertFalse(
            [model._name for model, record in found.items() if not record],
            "make a record that the user may read",
        )

    def readable(self, record):
        """The fields that the user can read; lists of some models of Odoo's he cannot."""
        for name in record.fields_get(attributes=[]):
            with contextlib.suppress(AccessError):
                record.read([name])
                yield name

    def test_reading_all_fields(self):
        for model, record in self.extended():
            with self.subTest(model=model._name):
                names = list(self.readable(record))
                stock = [name for name in names if name not in own_fields(model)]
                self.assert_nothing_additional(
                    *self.statements(partial(record.read, stock), partial(record.read, names))
                )

    def test_screens(self):
        for model, record in self.extended():
            types = set(self.env["ir.ui.view"].search([("model", "=", model._name)]).mapped("type"))
            for view_type in sorted(types & {"list", "kanban", "form"}):
                with self.subTest(model=model._name, view=view_type):
                    spec = specification(model, view_type)
                    stock = {name: spec[name] for name in spec if name not in own_fields(model)}
                    self.assert_nothing_additional(
                        *self.statements(
                            partial(show, model, view_type, stock, record),
                            partial(show, model, view_type, spec, record),
                        )
                    )
