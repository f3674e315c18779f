# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import re
from functools import partial
from unittest.mock import patch

from odoo.fields import Command
from odoo.sql_db import Cursor
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.common import RegulationCommon

OURS = re.compile(r'(?:FROM|JOIN|UPDATE|INTO) "?(confidentiality_\w+)')


@tagged("post_install", "-at_install")
class TestUnlabelled(RegulationCommon):
    """Without labels nothing is asked when something leaves (design: installing changes nothing)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.env["confidentiality.category"].search([]).mode = "off"
        cls.users["a"].group_ids |= cls.env.ref("base.group_allow_export")
        cls.order = cls._order("a")
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": "terms.pdf",
                "raw": b"%PDF terms",
                "res_model": "sale.order",
                "res_id": cls.order.id,
            }
        )
        cls.stranger = cls.env["res.partner"].create({"name": "S", "email": "s@example.org"})
        cls.env.flush_all()

    def ways(self):
        """Every door of this part, as somebody who uses it."""
        order = self._as(self.order, "a")
        env = order.env
        report = env["ir.actions.report"]
        file = self._as(self.file, "a")
        link = {"type": "url", "url": "https://cloud.example.com/x"}
        return {
            "export": partial(order.export_data, ["name", "order_line/price_unit"]),
            "pivot": partial(env["confidentiality.model"]._check_sheet, "sale.report", 3),
            "copy": order.copy,
            "print": partial(report._render_qweb_html, "sale.report_saleorder", order.ids),
            "content": partial(file.read, ["raw"]),
            "download": partial(
                env["confidentiality.model"]._check_download, file.sudo(), "raw"
            ),
            "attach": partial(
                env["ir.attachment"].create,
                {"name": "x", "res_model": "sale.order", "res_id": order.id, **link},
            ),
            "post": partial(
                order.message_post,
                body="Hello",
                partner_ids=self.stranger.ids,
                attachment_ids=file.ids,
                subtype_xmlid="mail.mt_comment",
            ),
            "mail": partial(
                env["mail.mail"].sudo().create,
                {
                    "email_to": "s@example.org",
                    "attachment_ids": [Command.set(file.ids)],
                },
            ),
            "owner": partial(order.sudo().write, {"user_id": self.users["b"].id}),
            "alert": self.env["confidentiality.alert"]._cron_volume,
        }

    def test_no_table_of_ours_is_read(self):
        execute = Cursor.execute
        for name, way in self.ways().items():
            with self.subTest(name):
                statements = []

                def note(cursor, query, params=None, log_exceptions=True, into=statements):
                    into.extend(OURS.findall(str(getattr(query, "code", query))))
                    return execute(cursor, query, params, log_exceptions)

                way()  # fills Odoo's caches
                self.env.flush_all()
                self.env.invalidate_all()
                with patch.object(Cursor, "execute", note):
                    way()
                    self.env.flush_all()
                self.assertFalse(statements)

    def test_nothing_is_noted(self):
        before = self.env["confidentiality.log"].search_count([])
        for way in self.ways().values():
            way()
        with self.enter_registry_test_mode():
            self.cr.postrollback.run()
        self.cr.postcommit.clear()
        self.assertEqual(self.env["confidentiality.log"].search_count([]), before)
        links = self.env["confidentiality.link"]
        self.assertFalse(links.search_count([("company_id", "=", self.company.id)]))
