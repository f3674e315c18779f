# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re

from lxml import etree

from odoo.tests import TransactionCase, new_test_user, tagged

GROUPS = (
    "group_regulation_user",
    "group_regulation_manager",
    "group_regulation_admin",
    "group_regulation_finance",
    "group_regulation_legal",
    "group_regulation_audit",
)


@tagged("post_install", "-at_install")
class TestCards(TransactionCase):
    """Kanban cards open for everybody who may open them."""

    def test_cards_load_what_they_read(self):
        """A field that a card asks for is in the view that this reader gets."""
        data = self.env["ir.model.data"].search(
            [("module", "=", "sales_regulation"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id"))
        kanbans = views.filtered(lambda view: view.type == "kanban" and view.mode == "primary")
        self.assertGreater(len(kanbans), 25)
        for group in GROUPS:
            user = new_test_user(
                self.env, login=f"cards_{group}", groups=f"sales_regulation.{group}"
            )
            for view in kanbans:
                model = self.env[view.model].with_user(user)
                if not model.has_access("read"):
                    continue
                with self.subTest(view=view.xml_id, group=group):
                    arch = model.get_view(view.id, "kanban")["arch"]
                    read = set(re.findall(r"\brecord\.(\w+)\.", arch))
                    loaded = {node.get("name") for node in etree.fromstring(arch).iter("field")}
                    self.assertLessEqual(read, loaded)

    def test_fields_with_a_widget_have_no_else(self):
        """The web client makes no template of such a card: nobody could open it."""
        data = self.env["ir.model.data"].search(
            [("module", "=like", "sales\\_%"), ("model", "=", "ir.ui.view")]
        )
        views = self.env["ir.ui.view"].browse(data.mapped("res_id"))
        kanbans = views.filtered(lambda view: view.type == "kanban")
        self.assertTrue(kanbans)
        for view in kanbans:
            wrong = etree.fromstring(view.arch).xpath("//field[@widget][@t-else or @t-elif]")
            self.assertFalse([node.get("name") for node in wrong], view.xml_id)
