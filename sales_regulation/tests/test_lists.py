# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest
from ast import literal_eval
from datetime import datetime

from psycopg2 import IntegrityError

from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_regulation.tests.screens import is_ours, own_fields, show, specification

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
        "crm.lead",
        "calendar.event",
        "sales.budget.category",
        "sales.plan.indicator",
        "kpi.bonus.scheme",
    }
)
#: every row of these asks another model by nature: {model: reason}
EXEMPT = {"regulation.work.queue": "as many queries as there are work lists, a few dozen at most"}


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
            menus = self.env["ir.ui.menu"].search(
                [("action", "=", f"ir.actions.act_window,{action.id}")]
            )
            model = self.env[action.res_model]
            if menus and not model._transient and model._name not in EXEMPT:
                yield action, menus

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

    def copies(self, model, row, number=ROWS - 1, lines=True):
        """As many copies of one row, with its own lines."""
        table = model._table
        changed = self.distinct(table, row, number)
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

    def distinct(self, table, row, number):
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
                    ways[0] = (name, SQL("%s || '-' || number", column))
                elif kind == "date":
                    ways[1] = (name, SQL("%s + number", column))
                elif target:
                    ways[3] = (name, None)
                elif kind in ("int4", "int8"):
                    ways[2] = (name, SQL("%s + number", column))
            if ways:
                name, value = ways[min(ways)]
                found[name] = value or self.another(table, name, row.sudo()[name][:1], number)
        return found

    # -- the tests ------------------------------------------------------------------

    def queries(self, model, view_type, spec, rows):
        """Queries of one request with our fields, Odoo's caches being warm.

        On a model of Odoo's those that our fields add: its own may ask row by row.
        """
        taken = self.one_request(model, view_type, spec, rows)
        if not is_ours(model):
            own = own_fields(model)
            stock = {name: part for name, part in spec.items() if name not in own}
            taken -= self.one_request(model, view_type, stock, rows)
        return taken

    def one_request(self, model, view_type, spec, rows):
        for _turn in range(2):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            result = show(model, view_type, spec, rows)
            taken = self.cr.sql_log_count - before
        self.assertEqual(len(result["records"]), len(rows), "rows are hidden from the viewer")
        return taken

    def test_one_row_or_eighty(self):
        for action, menus in self.actions():
            shown = {mode: view for view, mode in action.views if mode in ("list", "kanban")}
            if not shown:
                continue
            with self.subTest(action=action.xml_id), self.cr.savepoint() as savepoint:
                model, rows = self.rows(action, menus)
                for view_type, view_id in shown.items():
                    spec = specification(model, view_type, view_id)
                    self.queries(model, view_type, spec, rows)
                    # Fewer: among what 80 rows name is what one row needs later
                    self.assertLessEqual(
                        self.queries(model, view_type, spec, rows),
                        self.queries(model, view_type, spec, rows[:1]),
                        f"{action.xml_id}: {view_type} as {model.env.user.login}, {len(rows)} rows",
                    )
                savepoint.rollback()
                self.env.invalidate_all()
