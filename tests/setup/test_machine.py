"""The machine that the other tests rely on: Odoo, its demo data, a browser, PDFs."""

import os
import shutil

from odoo import release
from odoo.tests import HttpCase, TransactionCase, tagged


@tagged("post_install", "-at_install")
class TestMachine(TransactionCase):
    def test_odoo_is_19_with_demo_data(self):
        self.assertEqual(release.version_info[:2], (19, 0))
        self.assertTrue(self.env.ref("base.user_demo", raise_if_not_found=False))
        self.assertTrue(
            self.env["account.account"].search_count([], limit=1), "no chart of accounts"
        )

    def test_it_keeps_to_its_processor(self):
        """And so does what serves it in the database."""
        core = os.environ.get("DEV_CORE")
        if core is None:
            self.skipTest("only where as many processes run the tests as there are processors")
        for process in (0, self.env.cr.connection.get_backend_pid()):
            self.assertEqual(os.sched_getaffinity(process), {int(core)})

    def test_pdf_reports_can_be_printed(self):
        self.assertTrue(shutil.which("wkhtmltopdf"))
        pdf = self.env["ir.actions.report"]._run_wkhtmltopdf(
            ["<html><body>銷售管理制度</body></html>"]
        )
        self.assertEqual(pdf[:4], b"%PDF")


@tagged("post_install", "-at_install")
class TestBrowser(HttpCase):
    def test_web_client_starts_without_console_errors(self):
        self.browser_js(
            "/odoo",
            "console.log('test successful')",
            "odoo.isReady === true",
            login="admin",
        )
