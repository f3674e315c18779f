# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.common import SCAN

from .common import StorylineCase


@tagged("post_install", "-at_install")
class TestStorylineContractArchive(StorylineCase):
    """Step 21: signed on 03-11, the original is due back at the end of Wed 2026-03-18."""

    def signed_contract(self):
        self.at("2026-03-10 10:00")
        order = self.quotation()
        self.approve_price(order)
        contract = self.draft_contract(order, delivery_date="2026-03-31")
        self.review_contract(contract)
        self.at("2026-03-11 10:00")
        self.sign(contract)
        return contract

    def test_21_original_and_archive(self):
        contract = self.signed_contract()
        # 12, 13, 16, 17, 18: the end of work in Shanghai
        self.assertEqual(
            self.A.read("sales.contract", contract.id, "original_due_at"), "2026-03-18 10:00:00"
        )
        with self.A.refused("archived by"):
            self.A.call("sales.contract", "action_original_back", contract.ids, values={})
        # The copies of the departments
        self.cron("sales_regulation.ir_cron_handover")
        [copy] = self.FIN.search(
            "sales.contract.copy",
            ("number", "=", contract.name),
            ("role_id.code", "=", "finance"),
        )
        self.FIN.call("sales.contract.copy", "action_receive", [copy])
        self.assertEqual(contract.copy_ids.browse(copy).received_by_id, self.users["fin"])
        # The file is fixed
        [scan] = self.env["ir.attachment"].search(
            [
                ("res_model", "=", "sales.contract.signature"),
                ("res_field", "=", "scan"),
                ("res_id", "in", contract.signature_ids.ids),
            ]
        )
        for login in ("A", "GM", "ADM"):
            with self.person(login).refused():
                self.person(login).write("ir.attachment", [scan.id], raw="Zm9yZ2Vk")
            with self.person(login).refused():
                self.person(login).call("ir.attachment", "unlink", [scan.id])

        self.at("2026-03-18 17:59")
        self.cron("sales_regulation.ir_cron_deadline")
        self.assertFalse(contract.original_overdue)
        self.assertFalse(self.events("deadline_breached", contract, code="contract_original"))
        self.at("2026-03-18 18:01")
        self.cron("sales_regulation.ir_cron_deadline")
        self.assertTrue(contract.original_overdue)
        self.assertTrue(self.events("deadline_breached", contract, code="contract_original"))
        [late] = self.LEG.search(
            "sales.contract.watch", ("contract_id", "=", contract.id), ("kind", "=", "original")
        )
        self.assertTrue(self.LEG.read("sales.contract.watch", late, "is_late"))
        self.at("2026-03-19 09:00")
        self.LEG.call("sales.contract", "action_original_back", contract.ids, values={})
        with self.LEG.refused("licence"):
            self.LEG.call("sales.contract", "action_put_on_file", contract.ids)
        for item in contract._checklist_items("contract_documents")[contract.id]:
            self.A.call(
                "sales.contract",
                "action_file_document",
                contract.ids,
                values={"item_id": item.id, "file": SCAN, "file_name": "paper.pdf"},
            )
        self.LEG.call(
            "sales.contract", "action_put_on_file", contract.ids, values={"place": "B 12"}
        )
        self.assertEqual(contract.archive_number, "A/2026/0001")
        self.assertTrue(self.events("contract_archived", contract))
