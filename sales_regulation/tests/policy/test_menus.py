# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from lxml import etree

from odoo.tests import tagged
from odoo.tools.safe_eval import safe_eval

from ..common import PEOPLE
from .test_resolution import PolicyCase


@tagged("post_install", "-at_install")
class TestMenus(PolicyCase):
    """No menu of any role leads to an error, and the first one is the work list."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        profile = cls.env.ref("sales_regulation.profile_composite")._adopt(
            {
                "name": "Menus",
                "code": "MENUS",
                "assignment_ids": [(0, 0, {"company_id": cls.company.id})],
            }
        )
        profile.with_user(cls.users["gm"])._publish("active")
        cls.order = cls._order("a", price=96.0)
        cls.order.action_request_approval("price")
        cls.root = cls.env.ref("sales_regulation.menu_regulation_root")

    def _menus(self, login):
        """The menus with an action, as that person sees them, in their order."""
        menus = self.env["ir.ui.menu"].with_user(self.users[login])
        visible = menus._visible_menu_ids()
        return menus.search([("id", "child_of", self.root.id)]).filtered(
            lambda menu: (
                menu.action and {int(key) for key in menu.parent_path.split("/") if key} <= visible
            )
        )

    def _shown(self, arch):
        """The fields that a list or kanban reads."""
        names = set()
        for node in etree.fromstring(arch).iter("field"):
            if not any(parent.tag == "field" for parent in node.iterancestors()):
                names.add(node.get("name"))
        return names

    def test_every_menu_opens(self):
        for login in PEOPLE:
            for menu in self._menus(login):
                with self.subTest(login=login, menu=menu.complete_name):
                    self._open(menu.sudo().action, login)

    def _open(self, action, login):
        """What the web client asks for when the menu is pressed."""
        if action._name != "ir.actions.act_window":
            return
        model = (
            self.env[action.res_model]
            .with_user(self.users[login])
            .with_context(allowed_company_ids=self.company.ids)
        )
        views = [*action.views, (action.search_view_id.id, "search")]
        found = model.get_views(views, {"action_id": action.id, "load_filters": True})
        first = action.views[0][1]
        if first == "form":
            self.assertTrue(model.has_access("create"), "a form that cannot be filled in")
            model.default_get(list(self._shown(found["views"]["form"]["arch"])))
            return
        domain = safe_eval(action.domain or "[]", {"uid": self.users[login].id})
        for kind in {"list", "kanban"} & {mode for _id, mode in action.views}:
            names = self._shown(found["views"][kind]["arch"]) & set(model._fields)
            model.web_search_read(domain, {name: {} for name in names}, limit=80)

    def test_the_first_menu_is_the_work_list(self):
        work = self.env.ref("sales_regulation.menu_regulation_work_list")
        for login in PEOPLE:
            first = self._menus(login).filtered(
                lambda menu: menu.parent_id.parent_id == self.root
            )
            self.assertIn(work, first)
        sections = self.root.child_id.sorted("sequence")
        self.assertEqual(sections[0].child_id.sorted("sequence")[0], work)

    def test_nobody_is_offered_what_is_not_his(self):
        """Neither dispatch nor prices for HR and the warehouse."""
        hidden = {
            "hr": ("menu_dispatch_quick", "menu_sale_order_line_price", "menu_receipts"),
            "wh": ("menu_sale_order_line_price", "menu_regulation_register"),
            "leg": ("menu_dispatch_quick", "menu_payment_to_confirm"),
            "aud": ("menu_dispatch_quick",),
        }
        for login, names in hidden.items():
            seen = self._menus(login)
            for name in names:
                with self.subTest(login=login, menu=name):
                    self.assertNotIn(self.env.ref(f"sales_regulation.{name}"), seen)
