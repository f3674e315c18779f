# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest
from ast import literal_eval
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from unittest.mock import patch

from psycopg2 import IntegrityError

from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_regulation.tests.screens import (
    SUBPAGE,
    is_ours,
    own_fields,
    show,
    specification,
)

#: the people of the demo company, who may do least first
PEOPLE = (
    *("wangfang", "zhaomin", "song", "zheng", "wu", "he", "liu", "sun", "yan"),
    *("chengang", "mahui", "gao", "qian", "zhou", "admin"),
)
ROWS = 80
#: what a row of a model cannot do without, beside its required fields
VALUES = {
    "regulation.delegation": lambda test: {"delegate_id": test.people[-1].id},
    "customer.relation": lambda test: {"related_id": test.company.partner_id.id},
    "sale.payment.agreement": lambda test: {"mode": "full"},
}
#: of these each copied row names one of its own, alike in everything
COPIED = frozenset(
    {
        "res.partner",
        "res.users",
        "crm.lead",
        "calendar.event",
        "sales.budget.category",
        "sales.plan.indicator",
        "kpi.bonus.scheme",
        "ka.tier",
        "regulation.gate",
        "regulation.role",
        "sales.plan.section.kind",
    }
)
#: every row of these asks another model by nature: {model: reason}
EXEMPT = {"regulation.work.queue": "as many queries as there are work lists, a few dozen at most"}
#: who is the same in all rows of many people, as nobody else would see them
SAME = {"visit.check.in": {"manager_id"}, "confidentiality.report": {"user_id"}}


@tagged("post_install", "-at_install")
class TestLists(TransactionCase):
    """Every list and kanban of our menus costs as many queries for 80 rows as for one.

    As the least privileged person who sees the menu. The rows are one row of the demo data
    80 times, with its own lines, copied by SQL: no guard is asked, and they differ in
    nothing that would make one of them cheaper. Where the demo data has none, one is made
    of what is required.
    """

    #: whose menus
    addon = "sales_regulation"
    #: lines of which a document cannot have many: {model: reason}
    few_lines = {"regulation.dossier.item": "one of each kind of item"}
    #: lines that are not to be missing among those of the forms
    lines = frozenset(
        {
            "dispatch.notice.line",
            "regulation.clause",
            "sale.order.line",
            "sales.budget.line",
            "sales.contract.line",
            "sales.plan.line",
            "stock.move",
            "visit.plan.line",
        }
    )
    #: calls of ``copies``: names of none are those of another
    turn = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        people = cls.env["res.users"].search([("login", "in", PEOPLE)])
        cls.people = people.sorted(lambda user: PEOPLE.index(user.login))
        if len(people) < len(PEOPLE):
            raise unittest.SkipTest("the demo company is not installed")
        cls.company = cls.people[0].company_id

    # -- who and what -----------------------------------------------------------

    def actions(self):
        """Our actions that are in a menu and show stored documents."""
        records = self.env["ir.model.data"].search(
            [("module", "=", self.addon), ("model", "=", "ir.actions.act_window")]
        )
        actions = self.env["ir.actions.act_window"].browse(records.mapped("res_id"))
        for action in actions.sorted("res_model"):
            menus = self.menus(action)
            model = self.env[action.res_model]
            if menus and not model._transient and model._name not in EXEMPT:
                yield action, menus

    def menus(self, action):
        return self.env["ir.ui.menu"].search(
            [("action", "=", f"ir.actions.act_window,{action.id}")]
        )

    def viewers(self, action, menus):
        """The people who see the menu, each with the model as he sees it."""
        for user in self.people:
            model = self.env[action.res_model].with_user(user)
            model = model.with_context(
                allowed_company_ids=(user.company_id | self.company).ids
                if user.login == "admin"
                else user.company_id.ids
            )
            if menus.with_user(user)._filter_visible_menus() and model.has_access("read"):
                yield user, model

    def rows(self, action, menus):
        """``(model as its viewer sees it, rows)``, the first row being one of the demo data."""
        seen = list(self.viewers(action, menus))
        self.assertTrue(seen, "nobody of the demo company sees the menu")
        domain = literal_eval(action.domain) if "uid" not in (action.domain or "uid") else []
        for wanted in (domain, []):
            for _user, model in seen:
                if model._auto and (found := model.search(wanted, limit=1)):
                    return model, found | self.copies(model, found)
                if not model._auto and (found := model.search(wanted, limit=20 * ROWS)):
                    return model, self.alike(found)[:ROWS]
        user, model = seen[0]
        made = self.made(model, user)
        made |= self.copies(model, made)
        for _user, model in seen:
            if model.search_count([("id", "in", made.ids)]) == len(made):
                return model, made.with_env(model.env)
        self.fail(f"nobody who opens the menu sees rows of {model._name}")

    def alike(self, rows):
        """The most rows of a report that have the same in them: that ask the same."""

        def kind(row):
            return tuple(
                row[name] if name == "res_model" else bool(row[name])
                for name, field in row._fields.items()
                if name == "res_model" or (field.type == "many2one" and field.store)
            )

        return max(rows.grouped(kind).values(), key=len)

    # -- rows by SQL --------------------------------------------------------------

    def insert(self, model, values):
        rows = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
                SQL.identifier(model._table),
                SQL(", ").join(map(SQL.identifier, values)),
                SQL(", ").join(SQL("%s", value) for value in values.values()),
            )
        )
        return model.browse(rows[0])

    def made(self, model, user):
        """A row of what is required, everything in it being the user's."""
        columns = {
            name: field
            for name, field in model._fields.items()
            if field.store and field.column_type and name != "id"
        }
        defaults = model.sudo().default_get(list(columns))
        values = {}
        for name, field in columns.items():
            default = defaults.get(name)
            value = field.convert_to_column(default, model) if default else None
            if field.type == "many2one" and field.comodel_name == "res.company":
                value = self.company.id
            elif field.type == "many2one" and field.comodel_name == "res.users":
                value = user.id
            elif value is None and field.required:
                value = self.required(field, user)
            if value is not None:
                values[name] = value
        return self.insert(model, values | VALUES.get(model._name, lambda _test: {})(self))

    def required(self, field, user):
        if field.type == "many2one":
            other = self.env[field.comodel_name].with_context(active_test=False)
            domain = Domain.TRUE
            if "company_id" in other._fields:
                domain = Domain("company_id", "in", [False, self.company.id])
            readers = [other.with_user(user)] if other.with_user(user).has_access("read") else []
            for reader in (*readers, other.sudo()):
                if found := reader.search(domain, order="id desc", limit=1):
                    return found.id
            return self.made(other, user).id
        if field.type == "selection":
            return field.get_values(self.env)[0]
        if field.type in ("char", "text", "html"):
            return '{"en_US": "x"}' if field.translate else "x"
        return {
            # Not the server's day: a default beside it is that of the company
            "date": self.company._regulation_today(),
            "datetime": datetime.now(),
            "boolean": False,
        }.get(field.type, 1)

    def copies(self, model, row, number=ROWS - 1, lines=True, inside=None):
        """As many copies of one row, with its own lines; inside its document by that column."""
        table = model._table
        self.turn += 1
        changed = self.distinct(table, row, number, inside)
        copied = self.env.execute_query(
            SQL(
                "INSERT INTO %s (%s) SELECT %s FROM %s row,"
                " generate_series(1, %s) number WHERE row.id = %s RETURNING id",
                SQL.identifier(table),
                SQL(", ").join(map(SQL.identifier, self.columns(table))),
                SQL(", ").join(
                    changed.get(name, SQL("row.%s", SQL.identifier(name)))
                    for name in self.columns(table)
                ),
                SQL.identifier(table),
                number,
                row.id,
            )
        )
        ids = [copy[0] for copy in copied]
        for field in model._fields.values() if lines else ():
            if field.type == "one2many" and field.store and field.inverse_name:
                line = self.env[field.comodel_name]
                inverse = line._fields.get(field.inverse_name)
                if (is_ours(line) or field.copy) and line._auto and inverse.store:
                    self.copy_lines(line._table, field.inverse_name, row.id, ids)
            elif field.type == "many2many" and field.store:
                self.copy_lines(field.relation, field.column1, row.id, ids)
        self.env.invalidate_all()
        return model.browse(ids)

    def copy_lines(self, table, inverse, row_id, ids):
        """Copy lines or links of a row to its copies, unless they exist once only."""
        try:
            with self.cr.savepoint(), mute_logger("odoo.sql_db"):
                names = [name for name in self.columns(table) if name != inverse]
                self.cr.execute(
                    SQL(
                        "INSERT INTO %s (%s) SELECT %s FROM %s line,"
                        " unnest(%s) new(id) WHERE line.%s = %s",
                        SQL.identifier(table),
                        SQL(", ").join(map(SQL.identifier, [inverse, *names])),
                        SQL(", ").join(
                            [
                                SQL("new.id"),
                                *(SQL("line.%s", SQL.identifier(name)) for name in names),
                            ]
                        ),
                        SQL.identifier(table),
                        ids,
                        SQL.identifier(inverse),
                        row_id,
                    )
                )
        except IntegrityError:
            return

    def columns(self, table):
        self.cr.execute(
            "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0"
            " AND NOT attisdropped AND attname <> 'id' ORDER BY attnum",
            (table,),
        )
        return [name for (name,) in self.cr.fetchall()]

    def another(self, table, column, record, number):
        """SQL: for each copy another record in the column, nothing where nothing is named."""
        if not record:
            return SQL("row.%s", SQL.identifier(column))
        if record._name in COPIED:
            ids = self.copies(record, record, number, lines=False).ids
            return SQL("(%s::int[])[number.number]", ids)
        return SQL(
            "(SELECT id FROM %s ORDER BY id OFFSET number.number LIMIT 1)",
            SQL.identifier(record._table),
        )

    def distinct(self, table, row, number, inside=None):
        """``{column: what it is in a copy}``, so that no two rows are the same where none may be."""
        self.cr.execute(
            """
            SELECT array_agg(attname::text ORDER BY position), array_agg(typname::text ORDER BY position),
                   array_agg((SELECT confrelid::regclass::text FROM pg_constraint con
                               WHERE con.conrelid = indrelid AND con.contype = 'f'
                                 AND con.conkey = ARRAY[attnum] LIMIT 1) ORDER BY position)
              FROM pg_index, unnest(indkey) WITH ORDINALITY key(attnum, position)
              JOIN pg_attribute USING (attnum)
              JOIN pg_type ON pg_type.oid = atttypid
             WHERE indrelid = %s::regclass AND attrelid = indrelid
               AND indisunique AND NOT indisprimary
             GROUP BY indexrelid
            """,
            (table,),
        )
        found = {}
        for names, types, targets in self.cr.fetchall():
            ways = {}
            for name, kind, target in zip(names, types, targets, strict=True):
                column = SQL("row.%s", SQL.identifier(name))
                if kind in ("varchar", "text"):
                    ways[0] = (name, SQL("%s || %s || number.number", column, f"-{self.turn}-"))
                elif kind == "date":
                    ways[1] = (name, SQL("%s + number.number", column))
                elif target and name != inside:
                    ways[3] = (name, None)
                elif not target and kind in ("int4", "int8"):
                    ways[2] = (name, SQL("%s + number.number", column))
            if ways:
                name, value = ways[min(ways)]
                found[name] = value or self.another(table, name, row.sudo()[name][:1], number)
        return found

    # -- the tests ------------------------------------------------------------------

    def queries(self, model, view_type, spec, rows):
        """Queries of one request with our fields; on a model of Odoo's those that ours add:
        its own may ask row by row."""
        taken = self.one_request(model, view_type, spec, rows)
        if not is_ours(model):
            taken -= self.one_request(model, view_type, self.stock_part(model, spec), rows)
        return taken

    def one_request(self, model, view_type, spec, rows):
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        result = show(model, view_type, spec, rows)
        self.assertEqual(len(result["records"]), len(rows), "rows are hidden from the viewer")
        return self.cr.sql_log_count - before

    def assertNotMore(self, many, few, message):
        """``many()`` takes no more queries than ``few()``, Odoo's caches being warm.

        Fewer it may: among what 80 rows name is what one row needs later.
        """
        few()
        bar = few()
        # What only the many need is warm the second time
        if (taken := many()) > bar and (taken := many()) > bar:
            self.fail(f"{message}: {taken} queries, {bar} for few")

    def stock_part(self, model, spec):
        """What Odoo's own fields are asked of a model and its lines: ours left out."""
        own = own_fields(model)
        return {
            name: {**part, "fields": self.stock_part(self.env[field.comodel_name], part["fields"])}
            if (field := model._fields[name]).type == "one2many" and part.get("fields")
            else part
            for name, part in spec.items()
            if is_ours(model) or name not in own
        }

    def pages(self, action):
        """``{list or kanban: its view}`` of an action."""
        return {mode: view for view, mode in action.views if mode in ("list", "kanban")}

    def check_rows(self, action, model, many, few):
        for view_type, view_id in self.pages(action).items():
            spec = specification(model, view_type, view_id)
            self.assertNotMore(
                partial(self.queries, model, view_type, spec, many),
                partial(self.queries, model, view_type, spec, few),
                f"{action.xml_id}: {view_type} as {model.env.user.login}, {len(many)} rows",
            )

    def check_alike(self, action, menus):
        model, rows = self.rows(action, menus)
        self.check_rows(action, model, rows, rows[:1])

    def test_one_row_or_eighty(self):
        for action, menus in self.actions():
            if self.pages(action):
                with self.subTest(action=action.xml_id), self.undone():
                    self.check_alike(action, menus)

    @contextmanager
    def undone(self):
        with self.cr.savepoint() as savepoint:
            yield
            savepoint.rollback()
            self.env.invalidate_all()

    # -- rows of many people --------------------------------------------------------

    def named(self, model):
        """The fields in which a row names people and customers."""
        return [
            field
            for field in model._fields.values()
            if field.type == "many2one"
            and field.comodel_name in ("res.users", "res.partner")
            and (field.store and field.column_type)
            and field.name not in {"create_uid", "write_uid"} | SAME.get(model._name, set())
        ]

    def spread(self, rows, viewer):
        """Give each copy, by SQL, customers of its own, and the people in turn.

        The people of one company: only one is of another, whose name would be asked once.
        Not who looks: some rows are hidden from whom they are about.
        """
        first, values, customers = rows[:1].sudo(), [], {}
        for turn, field in enumerate(self.named(rows)):
            named = first[field.name]
            # Nobody, or himself: the company of a customer that is one
            if named in (named.browse(), first):
                continue
            if field.comodel_name == "res.users":
                # Each field begins with another one: two people stay two
                ids = [one.id for one in self.people - viewer if one.company_id == self.company]
                ids = ids[turn:] + ids[:turn]
            else:
                if named not in customers:
                    customers[named] = self.customers(named).ids
                ids = customers[named]
            values.append(
                SQL(
                    "%s = (%s::int[])[1 + one.number %% %s]",
                    SQL.identifier(field.name),
                    ids,
                    len(ids),
                )
            )
        if values:
            self.cr.execute(
                SQL(
                    "UPDATE %s row SET %s FROM unnest(%s::int[]) WITH ORDINALITY one(id, number)"
                    " WHERE row.id = one.id",
                    SQL.identifier(rows._table),
                    SQL(", ").join(values),
                    rows[1:].ids,
                )
            )
            self.env.invalidate_all()
        return len(values)

    def customers(self, partner):
        """Copies of a customer; who is no contact of another company is his own."""
        copies = self.copies(partner, partner, lines=False)
        if partner.commercial_partner_id == partner:
            self.cr.execute(
                "UPDATE res_partner SET commercial_partner_id = id WHERE id = ANY(%s)",
                (copies.ids,),
            )
        return copies

    def check_people(self, action, menus):
        _model, rows = self.rows(action, menus)
        # Who sees most: of the others the rows of other people are hidden
        viewers = list(reversed(list(self.viewers(action, menus))))
        if not self.spread(rows, viewers[0][0]):
            return
        for _user, model in viewers:
            if model.search_count([("id", "in", rows.ids)]) == len(rows):
                break
        else:
            self.fail(f"{action.xml_id}: nobody sees the rows of all people")
        # The copies among themselves: other records name the first one
        self.check_rows(action, model, rows[1:], rows[1:3])

    def test_rows_of_many_people(self):
        """The same where each row is of another customer and in turn of everybody: as for two."""
        for action, menus in self.actions():
            model = self.env[action.res_model]
            if self.pages(action) and model._auto and self.named(model):
                with self.subTest(action=action.xml_id), self.undone():
                    self.check_people(action, menus)

    # -- forms of many lines --------------------------------------------------------

    def line_fields(self, model, spec):
        """The lists of lines in a form."""
        for name, part in spec.items():
            field = model._fields[name]
            if field.type == "one2many" and part.get("fields") and not field.domain:
                line = self.env[field.comodel_name]
                inverse = line._fields.get(field.inverse_name)
                if line._auto and inverse and inverse.store and line._name not in self.few_lines:
                    yield field

    def move(self, field, lines, document):
        self.cr.execute(
            SQL(
                "UPDATE %s SET %s = %s WHERE id = ANY(%s)",
                SQL.identifier(lines._table),
                SQL.identifier(field.inverse_name),
                document.id,
                lines.ids,
            )
        )
        self.env.invalidate_all()

    def form_queries(self, record, spec):
        taken = self.one_form(record, spec)
        stock = self.stock_part(record, spec)
        return taken - self.one_form(record, stock) if stock != spec else taken

    def one_form(self, record, spec):
        self.env.invalidate_all()
        before = self.cr.sql_log_count
        record.web_read(spec)
        return self.cr.sql_log_count - before

    def check_form(self, action, menus, view_id):
        """The models of the lines that a document of the demo data has: of all of them many.

        As the first who sees a document and all its lines.
        """
        hidden = None
        for _user, model in self.viewers(action, menus):
            with self.undone():
                if found := model.search([], limit=200):
                    name, lines = self.check_lines(action, found, view_id)
                    hidden = hidden or name
                    if lines or not hidden:
                        return lines
        self.assertFalse(hidden, f"{action.xml_id}: nobody sees all lines")
        return set()

    def check_lines(self, action, found, view_id):
        """``(list of which lines are hidden, models of the lines that were counted)``"""
        model = found.browse()
        spec = specification(model, "form", view_id)
        fields = list(self.line_fields(model, spec))
        record = max(found, key=lambda one: sum(bool(one[field.name]) for field in fields))
        fields = [field for field in fields if record[field.name]]
        if not fields:
            return None, set()
        # The first line shown and copies of it: the others go to another document
        elsewhere, nowhere = self.copies(record, record, 2, lines=False)
        copies = {}
        for field in fields:
            first, *others = record.sudo()[field.name]
            self.move(field, first.browse(other.id for other in others), elsewhere)
            inside = field.inverse_name
            copies[field] = self.copies(first, first, SUBPAGE - 1, inside=inside)
            if len(record[field.name]) != SUBPAGE:
                return field.name, set()
        _cold, many = self.form_queries(record, spec), self.form_queries(record, spec)
        for field in fields:
            self.move(field, copies[field][1:], nowhere)
        names = ", ".join(field.name for field in fields)
        self.assertNotMore(
            lambda: many,
            partial(self.form_queries, record, spec),
            f"{action.xml_id}: {SUBPAGE} of {names}",
        )
        return None, {field.comodel_name for field in fields}

    def test_form_of_many_lines(self):
        """A form asks as often for a page of lines as for two of each kind."""
        seen, lines = set(), set()
        for action, menus in self.actions():
            for view_id, mode in action.views:
                form = (action.res_model, view_id)
                if mode == "form" and form not in seen and self.env[action.res_model]._auto:
                    seen.add(form)
                    with self.subTest(action=action.xml_id), self.undone():
                        lines |= self.check_form(action, menus, view_id)
        self.assertLessEqual(self.lines, lines)

    # -- that growth is found ---------------------------------------------------------

    def growing(self, asked):
        """A column of visit plans that asks once for each of ``asked(plans)``."""
        plans = self.env.registry["visit.plan"]
        compute = plans._compute_month_name

        def _compute_month_name(plans):
            compute(plans)
            for one in asked(plans.sudo()):
                one.search_count([("id", "=", one.id)])

        return patch.object(plans, "_compute_month_name", _compute_month_name)

    def test_growth_is_found(self):
        """What asks row by row, person by person or line by line does not pass."""
        action = self.env.ref("sales_regulation.visit_plan_action")
        menus = self.menus(action)
        checks = {
            "rows": lambda: self.check_alike(action, menus),
            "people": lambda: self.check_people(action, menus),
            "lines": lambda: self.check_form(action, menus, False),
        }
        found = {
            "rows": ("rows", "people"),
            "people": ("people",),
            "lines": ("rows", "people", "lines"),
        }
        planted = {
            "rows": lambda plans: plans,
            "people": lambda plans: plans.user_id,
            "lines": lambda plans: plans.line_ids,
        }
        for growth, asked in planted.items():
            for name, check in checks.items():
                with self.subTest(growth=growth, check=name), self.undone(), self.growing(asked):
                    if name in found[growth]:
                        with self.assertRaisesRegex(AssertionError, r"\d+ queries, \d+ for few"):
                            check()
                    else:
                        check()
