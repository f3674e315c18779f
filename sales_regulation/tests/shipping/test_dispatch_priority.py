# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .common import DispatchCommon


@tagged("post_install", "-at_install")
class TestDispatchPriority(DispatchCommon):
    """C08: the keeper ships to the higher tier first (S3-18)."""

    @classmethod
    def _dispatch_profile(cls, gates=None, **settings):
        return super()._dispatch_profile(
            gates,
            tier_ids=[
                Command.create(
                    {"tier_id": cls.env.ref("sales_regulation.ka_tier_key").id, "shipping_priority": 10}
                )
            ],
            **settings,
        )

    def test_order_of_the_keepers_list(self):
        engine(self.env["ka.tier.assignment"]).create(
            {
                "partner_id": self.customers["beihe"].id,
                "company_id": self.company.id,
                "tier_id": self.env.ref("sales_regulation.ka_tier_key").id,
                "date_from": "2020-01-01",
            }
        )
        ordinary = self._released(self._confirmed(customer="xinghai"))
        key = self._released(self._confirmed(customer="beihe"))
        self.assertEqual((ordinary.shipping_priority, key.shipping_priority), (50, 10))
        action = self.env.ref("sales_regulation.dispatch_notice_action_ship")
        for mode in ("list", "kanban"):
            view = action.view_ids.filtered(lambda row, mode=mode: row.view_mode == mode).view_id
            arch = self.env["dispatch.notice"].get_view(view.id, mode)["arch"]
            self.assertIn('default_order="shipping_priority, planned_ship_at, id"', arch)
        keeper = self.env["dispatch.notice"].with_user(self.users["wh"])
        found = keeper.search(
            [("id", "in", (ordinary | key).ids)], order="shipping_priority, planned_ship_at, id"
        )
        self.assertEqual(found.ids, [key.id, ordinary.id])
        for record in (key, key.sudo()):
            with self.assertRaises(AccessError):
                record.write({"shipping_priority": 1})
