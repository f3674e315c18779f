# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.fields import Domain
from odoo.tests import TransactionCase, tagged
from odoo.tools import SQL

from odoo.addons.mail.tools.discuss import Store

from .world import MARK, PRODUCTS, ChannelWorld, says


@tagged("post_install", "-at_install")
class TestNames(ChannelWorld, TransactionCase):
    """A row that one may read names a hidden record by its number: the number is all he learns.

    So whoever writes numbers into rows of his own learns nothing by it. Generated over the
    registry: every relation of every model that is not protected itself.
    """

    #: relations that are tried among others, and how many there are
    tried = (
        ("stock.picking", "partner_id"),
        ("stock.picking", "sale_id"),
        ("stock.move", "sale_line_id"),
    )
    least = 15

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_channels()
        cls.hidden = cls._plant_registered()
        registered = cls.env["confidentiality.model"]._protection().models
        cls.rows = []
        for name, model in sorted(cls.env.registry.items()):
            if model._abstract or model._transient or not model._auto:
                continue
            if name in registered and not cls.activated:
                continue
            if not cls.env[name].with_user(cls.outsider).has_access("read"):
                continue
            for field in model._fields.values():
                if (
                    field.type == "many2one"
                    and field.store
                    and not field.inherited
                    and field.comodel_name in cls.documents.keys() & cls.subjects
                    and name not in ("res.users", "res.company", "hr.employee")
                    and not (name in registered and field.name in registered[name].paths)
                ):
                    cls.rows.append((field, cls._plant(name, visible=field.name)))
        cls.env.invalidate_all()

    def each(self, check):
        """Check each relation; all that fail are told together."""
        failed = {}
        for field, row in self.rows:
            theirs = row.with_user(self.outsider).with_context(active_test=False)
            if row and theirs.search_count([("id", "=", row.id)]):
                try:
                    check(field, theirs)
                except AssertionError as failure:
                    failed[f"{row._name}.{field.name}"] = str(failure)
        self.assertFalse(failed)

    def test_enough_is_tried(self):
        names = set()
        self.each(lambda field, theirs: names.add((theirs._name, field.name)))
        self.assertLessEqual(set(self.tried), names)
        self.assertGreater(len(names), self.least, self.unplanted)

    def test_read(self):
        @self.each
        def check(field, theirs):
            name, mine = field.name, [("id", "=", theirs.id)]
            spec = {name: {"fields": {"display_name": {}}}}
            for what, ask in {
                "read": lambda r=theirs: r.read(),
                "search_read": lambda r=theirs, m=mine, n=name: r.search_read(m, [n]),
                "web_read": lambda r=theirs, s=spec: r.web_read(s),
                "web_search_read": lambda r=theirs, m=mine, s=spec: r.web_search_read(m, s),
                "export": lambda r=theirs, n=name: r.export_data([n, f"{n}/id", f"{n}/.id"]),
                "groups": lambda r=theirs, m=mine, n=name: r.formatted_read_group(
                    m, [n], ["__count"]
                ),
                "web groups": lambda r=theirs, m=mine, n=name: r.web_read_group(
                    m, [n], ["__count"]
                ),
                "old groups": lambda r=theirs, m=mine, n=name: r.read_group(m, [n], [n]),
                "inside": lambda r=theirs, n=name: r.web_read(
                    {n: {"fields": {"display_name": {}, "create_date": {}}}}
                ),
                "copy": lambda r=theirs, n=name: r.copy().read([n]),
            }.items():
                answer = self.assert_silent(f"{what} of {theirs._name}.{name}", ask)
                if what in ("read", "web_read"):
                    self.assertTrue(answer, what)

    def test_conditions(self):
        """A condition through the relation, on any field of what is hidden, finds nothing."""
        @self.each
        def check(field, theirs):
            hidden = self.env[field.comodel_name].with_user(self.outsider)
            mine = Domain("id", "=", theirs.id)
            self.assertEqual(theirs.search_count(mine), 1)
            named = mine & Domain(field.name, "ilike", MARK)
            found = self.answer(lambda: theirs.search_count(named))
            self.assertTrue(found == 0 or "not stored" in str(found), found)
            inside = [
                Domain(f"{field.name}.{name}", "!=", False)
                for name, each in hidden._fields.items()
                if each.store
                and each.column_type
                and each.type not in ("properties", "properties_definition", "json")
                and name not in ("id", "confidentiality_label_id")
                and hidden._has_field_access(each, "read")
            ]
            self.assertFalse(theirs.search_count(mine & Domain.OR(inside)))
            related = [
                Domain(name, "!=", False)
                for name, each in theirs._fields.items()
                if each.related
                and not each.store
                and each.related.split(".")[0] == field.name
                and each._description_searchable
                and each.type in ("char", "text", "html", "monetary", "float")
                and theirs._has_field_access(each, "read")
            ]
            if related:
                self.assertFalse(theirs.search_count(mine & Domain.OR(related)), "related")

    def test_groups_by_what_a_row_repeats(self):
        """Odoo reads a related field as superuser when it groups and sorts by it."""
        asked = set()

        @self.each
        def check(field, theirs):
            mine = [("id", "=", theirs.id)]
            for name, each in theirs._fields.items():
                if (
                    not each.related
                    or each.store
                    or each.inherited
                    or each.related.split(".")[0] != field.name
                    or each.type not in ("char", "text", "html", "monetary", "float", "many2one")
                    or not theirs._has_field_access(each, "read")
                    or not each._description_groupable(theirs.env)
                ):
                    continue
                asked.add((theirs._name, name))
                for groups, sums in (([name], ["__count"]), ([], [f"{name}:array_agg"])):
                    self.assert_silent(
                        f"{theirs._name}.{name}",
                        lambda g=groups, s=sums: theirs.formatted_read_group(mine, g, s),
                    )
                query = theirs._search(mine, order=f"{name}, id").select("*")
                self.assertIn("CASE WHEN", str(query.code))

        self.assertTrue(asked)

    def test_forms(self):
        """A form that begins with the number, or into which it is typed."""
        asked = set()
        @self.each
        def check(field, theirs):
            model = theirs.browse()
            if not model.has_access("create") or (model._name, field.name) in asked:
                return
            asked.add((model._name, field.name))
            spec = {field.name: {"fields": {"display_name": {}}}}
            spec |= {
                name: {}
                for name, each in model._fields.items()
                if each.type in ("char", "text", "html", "monetary", "float")
                and model._has_field_access(each, "read")
            }
            number = self.hidden[field.comodel_name][:1].id
            default = model.with_context(**{f"default_{field.name}": number})
            for what, ask in {
                "default_get": lambda m=default: m.default_get(list(m._fields)),
                "new": lambda m=default, s=spec: m.onchange({}, [], s),
                "typed": lambda m=model, f=field.name, n=number, s=spec: m.onchange(
                    {f: n}, [f], s
                ),
                "typed in a form": lambda m=model, f=field.name, n=number, s=spec: m.onchange(
                    {f: {"id": n}}, [f], s
                ),
            }.items():
                self.assert_silent(f"{what} {model._name}.{field.name}", ask)
        self.assertTrue(asked)

    def test_written(self):
        """He writes the number himself, into a row of his own: nothing is copied or noted of it.

        Changed values included, which Odoo writes down as superuser, and the mails about them.
        """
        written, noted = set(), set()
        last = self.env["mail.mail"].sudo().search([], order="id desc", limit=1).id or 0

        @self.each
        def check(field, theirs):
            name, row = field.name, theirs.with_context(tracking_disable=False)
            hidden = row.sudo()[name].id

            def write():
                other = None if not field.required else self._some_id(field.comodel_name, name)
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET %s = %s WHERE id = %s",
                        SQL.identifier(row._table),
                        SQL.identifier(name),
                        other,
                        row.id,
                    )
                )
                self.env.invalidate_all()
                if hasattr(row, "message_subscribe"):
                    row.sudo().message_subscribe(self.customers["beihe"].ids)
                before = row.sudo().message_ids if hasattr(row, "message_ids") else None
                row.write({name: hidden})
                self.env.flush_all()
                self.env.cr.flush()
                written.add((row._name, name))
                answer = [{key: self.answer(lambda k=key: row.read([k])) for key in row._fields}]
                if before is not None and (new := row.sudo().message_ids - before):
                    noted.update(value.id for value in new.tracking_value_ids)
                    theirs = new.with_user(self.outsider).sudo(False)
                    answer.append(Store().add(theirs).get_result())
                mails = self.env["mail.mail"].sudo().search([("id", ">", last)])
                answer += [{"mail": f"{mail.subject} {mail.body_html}"} for mail in mails]
                # what tells it, of all that he got
                return [
                    {key: value} for each in answer for key, value in each.items() if says(value)
                ]

            self.assert_silent(f"{row._name}.{name}", write)

        self.check_written(written, noted)

    def check_written(self, written, noted):
        self.assertGreater(len(written), 5, written)
        self.assertTrue(noted, "no change was noted")

    def test_who_may_reads_them(self):
        """Names are concealed from those only who may not see the record."""
        seen = self.transfer.with_user(self.users["gm"])
        self.users["gm"].group_ids |= self.env.ref("stock.group_stock_user")
        self.assertIn(MARK, str(seen.read(["partner_id"])))
        keeper = self.transfer.with_user(self.users["wh"])
        self.assertIn(MARK, str(keeper.read(["partner_id"])), "the base card shows the name")
        outsider = self.transfer.with_user(self.outsider)
        self.assertNotIn(MARK, str(outsider.read(["partner_id", "sale_id"])))

    def test_a_hole_is_found(self):
        """A planted hole: nothing is concealed."""
        self.patch(self.env.registry["base"], "_concealed", lambda records: frozenset())
        with self.assertRaises(AssertionError):
            self.test_who_may_reads_them()


@tagged("post_install", "-at_install", "long")
class TestProductNames(TestNames):
    """The same of a product and a price list that are not released, where they are protected."""

    share_company = False  # the registry gets columns
    activated = PRODUCTS
    tried = (
        ("stock.move", "product_id"),
        ("sale.order.line", "product_id"),
        ("sale.order", "pricelist_id"),
    )

    def check_written(self, written, noted):
        """Nobody names a product in a row of his own; a row with a hidden rule hides itself."""
        self.assertLessEqual(written, {("price.change.request.line", "item_id")})
