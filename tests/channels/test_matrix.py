# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.tests import TransactionCase, tagged

from odoo.addons.mail.tools.discuss import Store

from .world import AMOUNT, MARK, PRODUCTS, ChannelWorld, says

#: analyses of what the secret has not: dispatch notices, plans of visits. They have a condition.
WITHOUT_ROWS = {"dispatch.ledger", "visit.compliance.report"}


@tagged("post_install", "-at_install")
class TestMatrix(ChannelWorld, TransactionCase):
    """Each registered model by each channel: nothing of a planted secret comes out (C50, C51).

    Generated from the registry of protected models. Asked by somebody with every right of Odoo
    and of the regulation, in developer mode, and without a grant.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_channels()
        cls.hidden = cls._plant_registered()

    def each(self, check):
        """Check each model; all that fail are told together."""
        failed = {}
        for name, rows in sorted(self.hidden.items()):
            theirs = rows.with_user(self.outsider).with_context(active_test=False)
            if rows:
                try:
                    check(rows, theirs)
                except AssertionError as failure:
                    failed[name] = str(failure)
        self.assertFalse(failed)

    def test_every_registered_model_has_a_row(self):
        """A model that the database takes no row of is not proved by the tests below."""
        self.assertFalse(self.unplanted)
        empty = {name for name, rows in self.hidden.items() if not rows}
        self.assertEqual(empty, WITHOUT_ROWS & set(self.hidden))
        for name, rows in self.hidden.items():
            self.assertTrue(name in empty or says(rows.sudo().read()), name)

    def test_found_by_nothing(self):
        """Search, count, pages, groups, names: as if it were not there."""
        @self.each
        def check(rows, theirs):
            if not theirs.has_access("read"):
                return
            mine = [("id", "in", rows.ids)]
            self.assertFalse(theirs.search(mine))
            self.assertFalse(theirs.search_count(mine))
            self.assertFalse(theirs.search_read(mine, ["id"]))
            self.assertFalse(theirs.web_search_read(mine, {"id": {}})["records"])
            self.assertFalse(theirs.name_search("", mine))
            [total] = theirs.formatted_read_group(mine, [], ["__count"])
            self.assertEqual(total["__count"], 0)
            for name in self.grouped(theirs):
                self.assertFalse(theirs.formatted_read_group(mine, [name], ["__count"]), name)

    def grouped(self, model):
        return [
            f"{name}:day" if field.type in ("date", "datetime") else name
            for name, field in model._fields.items()
            if field.store
            and field.column_type
            and field.type in ("char", "selection", "many2one", "date", "datetime", "monetary")
            and model._has_field_access(field, "read")
        ]

    def test_domain_oracle(self):
        """A condition on any stored field finds nothing, alone or negated."""
        @self.each
        def check(rows, theirs):
            if not theirs.has_access("read"):
                return
            mine = [("id", "in", rows.ids)]
            for name, field in theirs._fields.items():
                if not field._description_searchable or not theirs._has_field_access(field, "read"):
                    continue
                if field.store and field.type not in ("binary", "properties", "json"):
                    for operator in ("!=", "="):
                        found = theirs.search_count([*mine, (name, operator, False)])
                        self.assertFalse(found, (name, operator))

    def test_opened_by_nothing(self):
        """Read, written, copied, exported, deleted by its number: refused, and not by name."""
        @self.each
        def check(rows, theirs):
            own = rows.ids
            for what, act in {
                "read": lambda r=theirs: r.read(),
                "web_read": lambda r=theirs: r.web_read({"display_name": {}}),
                "export": lambda r=theirs: r.export_data(["id", "display_name"]),
                "write": lambda r=theirs: r.web_save({}, {"display_name": {}})
                if len(r) == 1
                else r[0].web_save({}, {"display_name": {}}),
                "copy": lambda r=theirs: r[:1].copy(),
                "unlink": lambda r=theirs: r.unlink(),
                "default": lambda r=theirs: r.browse().with_context(active_ids=own).default_get(
                    list(r._fields)
                ),
            }.items():
                self.assert_silent(what, act)
            for what, act in {
                "read": lambda r=theirs: r.read(["display_name"]),
                "write": lambda r=theirs: r.check_access("write"),
                "unlink": lambda r=theirs: r.check_access("unlink"),
            }.items():
                with self.subTest(what), self.assertRaises(AccessError):
                    act()
                self.env.invalidate_all()

    def test_import(self):
        """A file names it by number or by name: neither is told nor changed."""
        @self.each
        def check(rows, theirs):
            before = rows[:1].read()
            answer = self.assert_silent(
                "load", lambda r=theirs, i=rows[:1].id: r.load([".id", "display_name"], [[i, "x"]])
            )
            self.assertFalse(answer and isinstance(answer, dict) and answer.get("ids"))
            self.assertEqual(rows[:1].read(), before)
        orders = self.env["sale.order"].with_user(self.outsider)
        answer = orders.load(["partner_id"], [[f"{MARK} Holdings"]])
        self.assertFalse(answer["ids"])

    def test_merge(self):
        """Nobody merges a hidden customer into one of his own and reads him there."""
        both = self.customers["beihe"] | self.documents["res.partner"][0]
        wizard = self.env["base.partner.merge.automatic.wizard"].with_user(self.outsider)
        with self.assertRaises(AccessError):
            wizard.create(
                {"partner_ids": [(6, 0, both.ids)], "dst_partner_id": self.customers["beihe"].id}
            ).action_merge()
        self.assertTrue(both.exists() == both)

    def test_talk(self):
        """Chatter, files, activities, followers of hidden documents."""
        for name, rows in self.talk.items():
            theirs = rows.with_user(self.outsider)
            with self.subTest(name):
                self.assertFalse(theirs.search([("id", "in", rows.ids)]))
                self.assertFalse(theirs.search_count([("id", "in", rows.ids)]))
                self.assert_silent(name, lambda r=theirs: r.read())
                for row in theirs:
                    with self.assertRaises(AccessError):
                        row.read(["display_name"])
        for name in ("mail.message", "mail.activity", "mail.followers", "mail.notification"):
            theirs = self.env[name].with_user(self.outsider)
            self.assert_silent(name, lambda r=theirs: r.search_read([], limit=200, order="id desc"))
        for record in self.documents["sale.order"]:
            theirs = record.with_user(self.outsider)
            for method in ("message_get_followers", "get_mail_thread_data"):
                if hasattr(theirs, method):
                    self.assert_silent(
                        method,
                        lambda r=theirs, m=method: getattr(r, m)(["activities", "followers"])
                        if m == "get_mail_thread_data"
                        else getattr(r, m)(),
                    )

    def test_changed_values(self):
        """Tracked fields that are really written: of hidden documents, and of one that he may read
        into which the name of a hidden one was written. For administrators too."""
        customer, lead = self.documents["res.partner"][0], self.documents["crm.lead"]
        beihe = self.customers["beihe"]
        shown = {}
        for record, values in (
            (customer, {"phone": "9876 5433"}),
            (lead, {"expected_revenue": AMOUNT + 1, "name": f"{MARK} renamed"}),
        ):
            record = record.with_user(self.users["a"]).with_context(tracking_disable=False)
            before = record.sudo().message_ids
            record.write(values)
            self.env.flush_all()
            self.env.cr.flush()
            messages = record.sudo().message_ids - before
            self.assertTrue(messages.tracking_value_ids, record._name)
            owners = Store().add(messages.with_user(self.users["a"]).sudo(False)).get_result()
            self.assertTrue(says(owners), "told to the owner")
            theirs = messages.with_user(self.outsider).sudo(False)
            self.assertFalse(theirs.search([("id", "in", messages.ids)]))
            with self.assertRaises(AccessError):
                theirs.read(["body"])
            shown[record._name] = messages.tracking_value_ids
        values = self.env["mail.tracking.value"]._create_tracking_values(
            False, customer, "parent_id", {"type": "many2one"}, beihe
        )
        message = beihe.sudo()._message_log(body="", tracking_value_ids=[(0, 0, values)])
        theirs = message.with_user(self.outsider).sudo(False)
        self.assertTrue(theirs.search([("id", "=", message.id)]))
        self.assert_silent("trackingValues", lambda: Store().add(theirs).get_result())
        context = self.answer(
            lambda: beihe.with_user(self.outsider)._notify_by_email_prepare_rendering_context(
                message
            )["tracking_values"]
        )
        self.assertTrue(context)
        self.assertFalse(says(context), "in the mail to all followers")
        self.outsider.group_ids |= self.env.ref("base.group_system")
        rows = message.sudo().tracking_value_ids.union(*shown.values())
        rows = rows.with_user(self.outsider).sudo(False)
        self.assertFalse(rows.search([("id", "in", rows.ids)]))
        with self.assertRaises(AccessError):
            rows.read(["new_value_char"])

    def test_printed_by_nothing(self):
        """Every report of every registered model."""
        @self.each
        def check(rows, theirs):
            reports = self.env["ir.actions.report"].sudo().search([("model", "=", rows._name)])
            for report in reports:
                render = (
                    "_render_qweb_text" if report.report_type == "qweb-text" else "_render_qweb_html"
                )
                self.assert_silent(
                    report.report_name,
                    lambda r=report, i=theirs.ids, m=render: getattr(
                        r.with_user(self.outsider), m
                    )(r.report_name, i),
                )


@tagged("post_install", "-at_install", "long")
class TestProductMatrix(TestMatrix):
    """The same of a product and a price list that are not released, where they are protected."""

    share_company = False  # the registry gets columns
    activated = PRODUCTS
