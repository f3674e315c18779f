# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models


class RegulationDemo(models.AbstractModel):
    _inherit = "regulation.demo"

    @api.model
    def _documents(self, company, people, goods):
        result = super()._documents(company, people, goods)
        self._tickets(people, goods)
        self._quality_cards(people, goods)
        return result

    def _tickets(self, people, goods):
        """One closed after two rounds, one that waits for the customer, one new, one inquiry."""
        rep, manager = people["wangfang"], people["chengang"]
        closed = self._ticket(rep, goods["xinghai"], "complaint", "Boards arrived without labels")
        closed.action_contact("Called Mr. Zhang, who sends photos")
        answering = closed.with_user(manager)
        answering.action_answer("We send the labels by courier today.", "Packing told")
        closed.action_record_satisfaction(False, "phone", feedback="Mr. Zhang: still no labels")
        answering.action_answer("A colleague brings them this afternoon.")
        heard = closed.with_user(people["gao"])
        heard.action_record_satisfaction(True, "visit", 85, "Mr. Zhang: all labels are there")
        waiting = self._ticket(rep, goods["beihe"], "complaint", "Delivery note without prices")
        waiting.with_user(manager).action_answer("Attached you find the note with prices.")
        self._ticket(
            rep,
            goods["dongfang"],
            "quality",
            "Sensors drift",
            severity="major",
            product_id=goods["sensor"].id,
        )
        inquiry = self._ticket(rep, goods["xinghai"], "inquiry", "Lead time of 5,000 boards?")
        inquiry.action_answer("Four weeks from the order.")
        inquiry.action_close()

    def _ticket(self, rep, customer, kind, subject, **values):
        return (
            self.env["sales.ticket"]
            .with_user(rep)
            .create(
                {
                    "kind_id": self.env.ref(f"sales_regulation.ticket_kind_{kind}").id,
                    "subject": subject,
                    "description": subject,
                    "partner_id": customer.id,
                    **values,
                }
            )
        )

    def _quality_cards(self, people, goods):
        Card = self.env["sales.quality.card"].with_user(people["wangfang"])
        for customer, product, defects, verdict, findings in (
            ("xinghai", "board", 0, "good", ""),
            ("dongfang", "sensor", 3, "minor", "Three of fifty drift by more than 1 %"),
        ):
            Card.create(
                {
                    "partner_id": goods[customer].id,
                    "product_id": goods[product].id,
                    "checked_qty": 50,
                    "defect_qty": defects,
                    "verdict": verdict,
                    "findings": findings,
                }
            ).action_hand_in()
