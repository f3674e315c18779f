# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models


class RegulationDemo(models.AbstractModel):
    """Shipments in every state, so that the ledger and the lists of copies are not empty."""

    _inherit = "regulation.demo"

    @api.model
    def _documents(self, company, people, goods):
        result = super()._documents(company, people, goods)
        self._shipments(company, people, goods)
        return result

    def _shipments(self, company, people, goods):
        rep, colleague = people["wangfang"], people["liqiang"]
        today = company._regulation_today()
        carriers = self._carriers(company)

        def paid(user, customer, product, quantity):
            order = self._sell(user, goods[customer], goods[product], quantity)
            self._confirm(order, people)
            self._pay(order, people, order.amount_total)
            return order

        # Delivered, signed, and the third copy is back
        notice = self._deliver(paid(rep, "xinghai", "sensor", 120), people, carriers["sf"])
        self._sign(notice, people, today, "Lin Hai")
        notice.with_user(people["zheng"]).action_record_receipt({"kind": "copy", "date": today})
        # Delivered, the copy is still under way
        notice = self._deliver(paid(colleague, "dongfang", "board", 5), people, carriers["sf"])
        self._sign(notice, people, today, "Dong Fang", acceptance="remarks", note="One box dented.")
        # Refused in part: an open objection
        notice = self._deliver(paid(rep, "dongfang", "sensor", 80), people, carriers["deppon"])
        damaged = {"line_id": notice.line_ids.id, "refused": 6, "cause": "damaged"}
        self._sign(notice, people, today, "Dong Fang", lines=[damaged], note="Six are wet.")
        # Refused, and settled
        notice = self._deliver(paid(colleague, "xinghai", "chip", 60), people, carriers["deppon"])
        wrong = {"line_id": notice.line_ids.id, "refused": 60, "cause": "wrong"}
        self._sign(notice, people, today, "Lin Hai", lines=[wrong], note="Wrong model.")
        notice.objection_ids.with_user(people["wu"]).action_solve(
            "replaced", "The right model leaves tomorrow, freight on us."
        )
        # Under way
        self._deliver(paid(rep, "dongfang", "sensor", 40), people, carriers["sf"])
        # Released, not yet shipped; and one that waits for goods
        self._to_warehouse(paid(rep, "xinghai", "sensor", 25), people)
        notice = self._to_warehouse(paid(colleague, "dongfang", "board", 15), people)
        notice.with_user(people["zheng"]).action_report_delay(
            "The boxes for the boards come on Thursday.",
            fields.Datetime.now() + timedelta(days=2),
        )

    def _carriers(self, company):
        freight = self.env["product.product"].create(
            {"name": "Freight by contract", "type": "service", "list_price": 0.0}
        )
        return {
            code: self.env["delivery.carrier"].create(
                {
                    "name": name,
                    "delivery_type": "fixed",
                    "product_id": freight.id,
                    "company_id": company.id,
                }
            )
            for code, name in (("sf", "SF Freight"), ("deppon", "Deppon Logistics"))
        }

    def _deliver(self, order, people, carrier):
        notice = self._to_warehouse(order, people)
        keeper = notice.with_user(people["zheng"])
        for item in notice.sudo()._checklist_items("packaging")[notice.id]:
            keeper.action_tick(item.id)
        picking = order.picking_ids.with_user(people["zheng"])
        picking.write(
            {"carrier_id": carrier.id, "carrier_tracking_ref": f"SF{1440021200 + notice.id}"}
        )
        picking.move_ids.picked = True
        picking.button_validate()
        return notice

    def _sign(self, notice, people, date, receiver, **values):
        notice.with_user(people["wu"]).action_record_receipt(
            {"kind": "receipt", "date": date, "receiver_name": receiver, **values}
        )
