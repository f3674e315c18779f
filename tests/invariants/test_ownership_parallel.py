# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import unittest

from odoo import SUPERUSER_ID, api
from odoo.exceptions import UserError
from odoo.tests import BaseCase, get_db_name, tagged

from .parallel import ParallelWorld


class OwnershipWorld(ParallelWorld):
    gates = ()


@tagged("post_install", "-at_install")
class TestOwnershipParallel(BaseCase):
    """Invariant 6 when several people register one customer at the same moment."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        source = OwnershipWorld.source_of(get_db_name())
        if not source:
            raise unittest.SkipTest("needs a database to copy: run the tests with ./dev test")
        cls.world = OwnershipWorld(source)
        cls.addClassCleanup(cls.world.drop)
        cls.world.build()

    def fresh(self, name, **values):
        with self.world.registry.cursor() as cr:
            env = api.Environment(cr, SUPERUSER_ID, {})
            partner = env["res.partner"].create(
                {"name": name, "company_id": self.world.company_id, **values}
            )
            return partner.id

    def test_one_wins(self):
        partner = self.fresh("Wanted")
        results = self.world.together(
            *[
                (login, "res.partner", "action_register_customer", [partner])
                for login in ("a", "b", "t")
            ]
        )
        refused = [result for result in results if isinstance(result, UserError)]
        self.assertEqual(len(refused), 2)
        rows = self.world.rows(
            "SELECT registration.user_id, partner.user_id FROM customer_registration registration"
            " JOIN res_partner partner ON partner.id = registration.partner_id"
            " WHERE partner.id = %s AND registration.state = 'active'",
            partner,
        )
        self.assertEqual(len(rows), 1)
        self.assertEqual(rows[0][0], rows[0][1])

    def test_duplicates_at_once(self):
        """Two cards of one customer do not give him two owners."""
        pair = [self.fresh("Twice Ltd", is_company=True) for _number in range(2)]
        results = self.world.together(
            ("a", "res.partner", "action_register_customer", [pair[0]]),
            ("b", "res.partner", "action_register_customer", [pair[1]]),
        )
        self.assertEqual(len([one for one in results if isinstance(one, UserError)]), 1)
        owners = self.world.rows(
            "SELECT DISTINCT user_id FROM customer_registration"
            " WHERE state = 'active' AND partner_id IN (%s, %s)",
            *pair,
        )
        self.assertEqual(len(owners), 1)
