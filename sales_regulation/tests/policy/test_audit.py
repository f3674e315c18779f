# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from ast import literal_eval

from lxml import etree

from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged

from .test_resolution import PolicyCase

#: what everybody in the company may make, auditors too, each for himself
EVERYBODY = {"regulation.delegation", "regulation.release"}
#: {attribute of a view: operation}
RIGHTS = {"create": "create", "edit": "write", "delete": "unlink"}


@tagged("post_install", "-at_install")
class TestAudit(PolicyCase):
    """Audit reads what users read, writes nothing, and is not offered to."""

    def _actions(self):
        data = self.env["ir.model.data"].search(
            [("module", "=", "sales_regulation"), ("model", "=", "ir.actions.act_window")]
        )
        for action in self.env["ir.actions.act_window"].browse(data.mapped("res_id")):
            own = self.env["ir.ui.menu"].search(
                [("action", "=", f"ir.actions.act_window,{action.id}")]
            )
            if own.with_user(self.users["aud"])._filter_visible_menus():
                yield action

    def test_nothing_is_offered(self):
        """No list, kanban or form of a menu has a button for what he may not do."""
        seen = 0
        anybody = new_test_user(self.env, login="anybody", groups="base.group_user")
        for action in self._actions():
            model = self.env[action.res_model].with_user(self.users["aud"])
            if model._transient or model._name in EVERYBODY:
                continue
            wanted = [view for view in action.views if view[1] in ("list", "kanban", "form")]
            found = model.get_views(wanted, {"action_id": action.id})["views"]
            for kind, view in found.items():
                root = etree.fromstring(view["arch"])
                for right, operation in RIGHTS.items():
                    if model.with_user(anybody).has_access(operation):
                        continue  # his own meetings are his as they are everybody's
                    with self.subTest(action=action.xml_id, view=kind, right=right):
                        self.assertIn(root.get(right), ("False", "false", "0"))
                seen += 1
            context = action.context or "{}"
            if "uid" not in context and "active_id" not in context:
                self.assertNotIn(
                    "create", {key for key, value in literal_eval(context).items() if value}
                )
        self.assertGreater(seen, 40)

    def test_nothing_is_written(self):
        """Whatever our documents are, and whatever users of the regulation may do on them."""
        anybody = new_test_user(self.env, login="anybody", groups="base.group_user")
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract or model._transient or name in EVERYBODY:
                continue
            if self.env.registry[name]._original_module != "sales_regulation":
                continue
            for operation in ("create", "write", "unlink"):
                if model.with_user(anybody).has_access(operation):
                    continue  # his own expenses are his as they are everybody's
                with self.subTest(model=name, operation=operation):
                    self.assertFalse(model.with_user(self.users["aud"]).has_access(operation))

    def test_he_reads_as_users_do(self):
        for name in sorted(self.env.registry):
            model = self.env[name]
            if model._abstract or not model.with_user(self.users["clk"]).has_access("read"):
                continue
            if self.env.registry[name]._original_module == "sales_regulation":
                self.assertTrue(model.with_user(self.users["aud"]).has_access("read"), name)

    def test_a_dispatch_notice(self):
        order = self._order("a")
        with self.assertRaises(AccessError):
            self.env["dispatch.notice"].with_user(self.users["aud"]).create({"order_id": order.id})
        with self.assertRaises(AccessError):
            self.env["sale.credit.request"].with_user(self.users["aud"]).create({})

    def test_his_other_groups_count(self):
        """Who audits and sells writes what salespeople write; who leaves audit is as before."""
        auditor = self.users["aud"]
        Notice = self.env["dispatch.notice"].with_user(auditor)
        self.assertFalse(Notice.has_access("create"))
        auditor.sudo().group_ids |= self.env.ref("sales_regulation.group_regulation_user")
        self.assertTrue(Notice.has_access("create"))
        auditor.sudo().group_ids -= self.env.ref("sales_regulation.group_regulation_user")
        self.assertFalse(Notice.has_access("create"))

    def test_others_are_not_touched(self):
        for login, user in self.users.items():
            if login != "aud":
                Notice = self.env["dispatch.notice"].with_user(user)
                self.assertTrue(Notice.has_access("create"), login)

    def test_his_own_statement(self):
        """Dialogs are open to him: a measure may concern him too."""
        Statement = self.env["regulation.measure.statement"].with_user(self.users["aud"])
        self.assertTrue(Statement.has_access("create"))
