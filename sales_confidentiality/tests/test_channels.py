# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.exceptions import AccessError
from odoo.fields import Command
from odoo.tests import tagged

from .common import ConfidentialityCommon


@tagged("post_install", "-at_install")
class TestChannels(ConfidentialityCommon):
    """For each protected model and each channel: who may not see a record learns nothing.

    Generated from the registry: a model that is registered is tested. The person has every
    right of Odoo and no grant, so that only the label can stop him.
    """

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        groups = (
            "sales_team.group_sale_manager,account.group_account_manager,"
            "stock.group_stock_manager,base.group_partner_manager,base.group_allow_export,"
            "sales_regulation.group_regulation_manager,sales_regulation.group_regulation_legal,"
            "sales_regulation.group_regulation_finance,sales_regulation.group_regulation_audit"
        )
        cls.users["tm"].group_ids = [
            Command.link(cls.env.ref(group).id) for group in groups.split(",")
        ]
        cls.secret = cls._label("secret", "contract")
        order = cls._order("a")
        order.sudo().action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.action_post()
        contract = cls.env["sales.contract"].with_user(cls.users["a"])
        contract = contract.browse(cls._order("a").action_create_contract()["res_id"])
        cls.lead = cls.env["crm.lead"].create(
            {"name": "Hidden lead", "partner_id": cls.xinghai.id, "user_id": cls.users["a"].id}
        )
        cls.env.flush_all()
        cls.hidden = {
            record._name: record.sudo()
            for record in (
                cls.xinghai,
                order,
                order.order_line,
                contract,
                contract.line_ids,
                invoice,
                invoice.line_ids,
                cls.lead,
                cls.env["sale.report"].search([("name", "=", order.name)]),
                cls.env["account.invoice.report"].search([("move_id", "=", invoice.id)]),
            )
        }

    def each(self):
        for name, records in self.hidden.items():
            with self.subTest(name):
                self.assertTrue(records)
                yield records, records.with_user(self.users["tm"])

    def test_every_registered_model_has_a_condition(self):
        """Also those that have no row here: nobody without rights gets a labelled row."""
        access = self.env["confidentiality.grant"]._access_of(self.users["tm"])
        registry = self.env["confidentiality.model"]
        for row in registry.search([]):
            with self.subTest(row.model):
                domain = registry._domain_of(row.model, access)
                self.assertIsNotNone(domain)
                self.env[row.model].sudo().search(domain, limit=1)

    def test_every_protected_document_is_registered(self):
        """A document of ours that inherits the mixin cannot be forgotten in the registry."""
        registered = set(self.env["confidentiality.model"].search([]).mapped("model"))
        kpi = "sales_kpi"
        missing = {
            name
            for name, model in self.env.registry.items()
            if not model._abstract
            and not model._inherits
            and "confidentiality_label_id" in model._fields
            and model._original_module != kpi
        }
        self.assertFalse(missing - registered)

    def test_search_count_and_domain(self):
        for records, theirs in self.each():
            mine = [("id", "in", records.ids)]
            self.assertFalse(theirs.search(mine))
            self.assertEqual(theirs.search_count(mine), 0)
            self.assertFalse(theirs.search_read(mine, ["id"]))
            self.assertFalse(theirs.web_search_read(mine, {"id": {}})["records"])

    def test_groups(self):
        for records, theirs in self.each():
            mine = [("id", "in", records.ids)]
            rows = theirs.formatted_read_group(mine, [], ["__count"])
            self.assertEqual([row["__count"] for row in rows], [0])

    def test_names(self):
        for records, theirs in self.each():
            if records._rec_name and records._fields[records._rec_name].store:
                found = theirs.name_search("", domain=[("id", "in", records.ids)])
                self.assertFalse(found)

    def test_read(self):
        for records, theirs in self.each():
            for read in (
                lambda records=theirs: records.read(["display_name"]),
                lambda records=theirs: records.web_read({"display_name": {}}),
                lambda records=theirs: records.export_data(["display_name"]),
                lambda records=theirs: records[:1].copy(),
            ):
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    read()

    def test_paths(self):
        """A condition through a relation does not tell either (domain oracle)."""
        lines = self.env["sale.order.line"].with_user(self.users["tm"])
        self.assertEqual(lines.search_count([("order_id.partner_id.name", "like", "Xinghai")]), 0)
        moves = self.env["account.move.line"].with_user(self.users["tm"])
        self.assertEqual(moves.search_count([("move_id.partner_id", "=", self.xinghai.id)]), 0)

    def test_attachments_and_chatter(self):
        for records, theirs in self.each():
            record = records[:1]
            if not record._auto:
                continue
            attachment = self.env["ir.attachment"].create(
                {"name": "secret.txt", "raw": b"x", "res_model": record._name, "res_id": record.id}
            )
            self.assertFalse(self.sees("tm", attachment))
            with self.assertRaises(AccessError):
                attachment.with_user(self.users["tm"]).read(["raw"])
            if "message_ids" in record._fields:
                message = record.message_post(body="A secret word")
                self.assertFalse(self.sees("tm", message))
                with self.assertRaises(AccessError):
                    message.with_user(self.users["tm"]).read(["body"])
            self.assertTrue(theirs)

    def test_reports(self):
        order = self.hidden["sale.order"].with_user(self.users["tm"])
        report = order.env["ir.actions.report"]
        with self.assertRaises(AccessError):
            report._render_qweb_html("sale.report_saleorder", order.ids)
