"""What classes of tests share, and to each is as if it were its own: the company, the browser."""

import subprocess
import unittest

from odoo import Command
from odoo.tests import HttpCase, TransactionCase, new_test_user, tagged

from odoo.addons.sales_regulation.tests import common, shared
from odoo.addons.sales_regulation.tests.browser import KeptBrowser, keep_browsers


@classmethod
def make_company(cls):
    """Less than the company of the tests, and so faster."""
    cls.company = cls.env["res.company"].create({"name": "Hua Xin Components of the Tests"})
    cls.env.user.company_ids |= cls.company
    cls.env = cls.env(
        context=dict(cls.env.context, allowed_company_ids=cls.company.ids, tracking_disable=True)
    )
    cls.users = {
        login: new_test_user(
            cls.env,
            login=f"reg_{login}",
            groups="sales_regulation.group_regulation_user",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        for login in ("a", "b")
    }


def run(*classes):
    suite = unittest.TestSuite(
        unittest.defaultTestLoader.loadTestsFromTestCase(cls) for cls in classes
    )
    result = unittest.TestResult()
    suite.run(result)
    return [text for _test, text in (*result.errors, *result.failures)], result.testsRun


class TestSharedCompany(unittest.TestCase):
    def setUp(self):
        super().setUp()
        shared.shared.close()
        self.shared = shared._Shared()
        self.shared.enabled = True
        # No patches: Odoo ends those that it finds at the end of a class
        company = common.RegulationCompany
        self.addCleanup(setattr, common, "shared", common.shared)
        self.addCleanup(setattr, company, "_make_company", vars(company)["_make_company"])
        common.shared, company._make_company = self.shared, make_company
        self.addCleanup(self.shared.close)
        self.seen = []

    def case(self, **attributes):
        seen = self.seen

        @tagged("post_install", "-at_install")
        class Case(common.RegulationCompany, TransactionCase):
            vars().update(attributes)

            @classmethod
            def setUpClass(cls):
                super().setUpClass()
                cls._build_company()
                seen.append(cls.company.id)
                cls.of_class = cls.env["res.partner"].create({"name": "Of the class"})

            def test_a_change_and_what_it_leaves(self):
                self.assertEqual(self.company.name, "Hua Xin Components of the Tests")
                self.assertEqual(self.env.companies, self.company)
                self.assertFalse(self.env["res.partner"].search([("name", "=", "Of a test")]))
                partners = self.env["res.partner"].search([("name", "=", "Of the class")])
                self.assertEqual(partners, self.of_class)
                self.company.name = "Changed"
                self.users["a"].active = False
                self.users.pop("b")
                self.env["res.partner"].create({"name": "Of a test"})
                self.env.flush_all()

            def test_the_people_are_as_they_were(self):
                user = self.env["res.users"].search([("login", "=", "reg_a")])
                self.assertEqual(user, self.users["a"])
                self.assertTrue(user.has_group("sales_regulation.group_regulation_user"))
                self.assertEqual(self.users["a"].env.cr, self.env.cr)

        return Case

    def test_classes_leave_nothing_to_each_other(self):
        self.assertEqual(run(self.case(), self.case(), self.case()), ([], 6))
        self.assertEqual(len(set(self.seen)), 1)
        self.assertEqual(len(self.seen), 3)

    def test_who_builds_differently_has_his_own(self):
        own = classmethod(lambda cls: common.RegulationCompany._build_trade.__func__(cls))
        self.assertEqual(run(self.case(), self.case(_build_trade=own), self.case()), ([], 6))
        self.assertEqual(len(set(self.seen)), 3)
        self.assertEqual(run(self.case(share_company=False)), ([], 2))
        self.assertIsNone(self.shared.builder)

    def test_another_clock_is_another_company(self):
        moment = "2026-02-20 01:00:00"
        self.assertEqual(run(self.case(), self.case(company_built_at=moment)), ([], 4))
        self.assertEqual(len(set(self.seen)), 2)
        self.assertEqual(self.shared.key, moment)

    def test_nothing_stays_when_it_is_closed(self):
        run(self.case())
        connection = self.shared.builder.cr
        self.shared.close()
        self.assertTrue(connection.closed)
        self.assertEqual(run(self.case(share_company=False)), ([], 2))

    def test_nobody_shares_unasked(self):
        self.shared.enabled = False
        self.assertEqual(run(self.case(), self.case()), ([], 4))
        self.assertEqual(len(set(self.seen)), 2)


class TestKeptBrowser(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.addCleanup(keep_browsers())
        self.browsers, self.started = [], []

    def pages(self):
        browsers, started = self.browsers, self.started

        @tagged("post_install", "-at_install")
        class Pages(HttpCase):
            def test_a_page(self):
                self.assertFalse(self._cookies(), "what the class before stored")
                browsers.append(KeptBrowser.kept[False].process)
                started.append(subprocess.Popen(["sleep", "60"]))

            def _cookies(self):
                code = """
                    if (document.cookie.includes("mine")) {
                        console.error("a cookie is left");
                    } else {
                        document.cookie = "mine=1";
                        console.log("test successful");
                    }
                """
                self.browser_js("/web/static/img/logo2.png", code)

        return Pages

    def test_it_outlives_its_class(self):
        """Odoo ends whatever a class has left, but for the browsers."""
        failures, count = run(self.pages(), self.pages())
        self.assertEqual((failures, count), ([], 2))
        first, second = self.browsers
        self.assertEqual(first.pid, second.pid)
        self.assertIsNone(second.poll())
        self.assertNotIn(None, [process.poll() for process in self.started])

    def test_it_is_gone_at_the_end(self):
        failures, _count = run(self.pages())
        self.assertEqual(failures, [])
        keep_browsers()()
        self.assertIsNotNone(self.browsers[0].poll())
