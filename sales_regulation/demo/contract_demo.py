# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models

from .regulation_demo import SIGNED_PAPER


class RegulationDemo(models.AbstractModel):
    _inherit = "regulation.demo"

    @api.model
    def _documents(self, company, people, goods):
        result = super()._documents(company, people, goods)
        self._contract_files(people, goods)
        return result

    def _contract_files(self, people, goods):
        """Signed contracts: one on file, one whose original is back, one that runs late."""
        rep, colleague = people["wangfang"], people["liqiang"]
        filed = self._sign_contract(
            self._sell(rep, goods["dongfang"], goods["sensor"], 250), people, "Dong Fang"
        )
        self._complete_file(filed)
        legal = filed.with_user(people["liu"])
        legal.action_original_back({"note": "By courier"})
        legal.action_put_on_file({"place": "Room 2, cabinet B, binder 12"})
        filed.sudo().copy_ids.filtered(lambda copy: copy.role_id.code == "finance").with_user(
            people["sun"]
        ).action_receive()
        back = self._sign_contract(
            self._sell(rep, goods["beihe"], goods["board"], 15), people, "Bai He"
        )
        back.with_user(people["liu"]).action_original_back({})
        self._late_contract(colleague, people, goods)

    def _complete_file(self, contract):
        for item in contract.sudo()._checklist_items("contract_documents")[contract.id]:
            contract.action_file_document(
                {"item_id": item.id, "file": SIGNED_PAPER, "file_name": f"{item.code}.pdf"}
            )

    def _late_contract(self, rep, people, goods):
        """Signed three weeks ago: original and copies are out, delivery and money are late."""
        today = fields.Date.today()
        order = self._sell(rep, goods["xinghai"], goods["sensor"], 1200)
        self._confirm(
            order,
            people,
            signed_on=today - timedelta(days=21),
            delivery_date=today - timedelta(days=4),
        )
        invoice = order.sudo()._create_invoices()
        invoice.write(
            {
                "invoice_date": today - timedelta(days=18),
                "invoice_date_due": today - timedelta(days=6),
                "invoice_payment_term_id": False,
            }
        )
        invoice.action_post()
        self._pay(order, people, 20000.0)
