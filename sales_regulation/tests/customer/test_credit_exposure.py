# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command, fields
from odoo.tests import tagged

from odoo.addons.sales_regulation.tools import engine

from .common import CreditCommon


@tagged("post_install", "-at_install")
class TestCreditExposure(CreditCommon):
    def test_posted_receivables_of_all_contacts_count_together(self):
        self._invoice(100_000)
        self._invoice(50_000, partner=self.buyer)
        self._invoice(7_000, post=False)
        self.assertEqual(self._exposure(), 150_000)
        self.assertEqual(self._exposure(self.buyer), 150_000)

    def test_money_lowers_it_matched_or_not(self):
        invoice = self._invoice(100_000)
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        self._money(30_000, receivable)
        self.assertEqual(self._exposure(), 70_000)
        unmatched = self._money(20_000)
        self.assertEqual(self._exposure(), 50_000)
        unmatched.button_draft()
        self.assertEqual(self._exposure(), 70_000)

    def test_money_reset_to_draft_settles_nothing(self):
        invoice = self._invoice(100_000)
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        money = self._money(100_000, receivable)
        self.assertEqual(self._exposure(), 0)
        # As payments do it: the entry is a draft again, its reconciliation stays
        self.env.cr.execute("UPDATE account_move SET state = 'draft' WHERE id = %s", [money.id])
        self.env.invalidate_all()
        self.assertEqual(self._exposure(), 100_000)

    def test_a_parent_group_pays(self):
        invoice = self._invoice(100_000)
        receivable = invoice.line_ids.filtered(lambda line: line.account_type == "asset_receivable")
        group = self.env["res.partner"].create({"name": "Group", "is_company": True})
        self._money(100_000, receivable, partner=group)
        self.assertEqual((self._exposure(), self._exposure(group)), (0, 0))

    def test_confirmed_orders_count_with_tax_until_they_are_invoiced(self):
        order = self._order(10_000)
        self.assertEqual(self._exposure(), 0, "a quotation is no debt")
        order.action_confirm()
        self.assertEqual(self._exposure(), 11_300)
        invoice = order.sudo()._create_invoices()
        self.assertEqual(self._exposure(), 11_300, "a draft invoice changes nothing")
        invoice.action_post()
        self.assertEqual(self._exposure(), 11_300, "now as a receivable")
        order.sudo()._action_cancel()
        self.assertEqual(self._exposure(), 11_300)

    def test_partly_invoiced_and_credited(self):
        order = self._order(10_000)
        order.order_line.product_uom_qty = 4
        order.order_line.price_unit = 10_000
        order.action_confirm()
        self.assertEqual(self._exposure(), 45_200)
        invoice = order.sudo()._create_invoices()
        invoice.invoice_line_ids.quantity = 1
        invoice.action_post()
        self.assertEqual(self._exposure(), 45_200)
        refund = invoice._reverse_moves([{"invoice_date": fields.Date.today()}], cancel=True)
        self.assertEqual(refund.state, "posted")
        self.assertEqual(self._exposure(), 45_200, "to be invoiced again")

    def test_down_payment_counts_once(self):
        order = self._order(10_000)
        order.action_confirm()
        wizard = (
            self.env["sale.advance.payment.inv"]
            .with_context(active_model="sale.order", active_ids=order.ids)
            .create({"advance_payment_method": "percentage", "amount": 30})
        )
        wizard._create_invoices(order.sudo()).action_post()
        self.assertEqual(self._exposure(), 11_300)
        order.sudo()._create_invoices(final=True).action_post()
        self.assertEqual(self._exposure(), 11_300)

    def test_discount_lines_and_price_with_tax_included(self):
        included = self.vat.copy({"name": "incl", "price_include_override": "tax_included"})
        order = self._order(11_300)
        order.order_line.tax_ids = included
        order.write(
            {
                "order_line": [
                    Command.create(
                        {
                            "product_id": self.product.id,
                            "product_uom_qty": 1,
                            "price_unit": -1_000,
                            "tax_ids": [Command.set(self.vat.ids)],
                        }
                    )
                ]
            }
        )
        order.action_confirm()
        self.assertEqual(self._exposure(), 11_300 - 1_130)

    def test_units_of_measure(self):
        order = self._order(100)
        order.order_line.write(
            {
                "product_uom_qty": 2,
                "product_uom_id": self.env.ref("uom.product_uom_dozen").id,
                "price_unit": 1_200,
            }
        )
        order.action_confirm()
        self.assertEqual(self._exposure(), 2_712)
        invoice = order.sudo()._create_invoices()
        invoice.invoice_line_ids.write({"product_uom_id": self.env.ref("uom.product_uom_unit").id})
        invoice.invoice_line_ids.write({"quantity": 12, "price_unit": 100})
        invoice.action_post()
        self.assertEqual(self._exposure(), 2_712, "one dozen invoiced, one open")

    def test_foreign_currency_at_todays_rate(self):
        usd = self.env.ref("base.USD")
        usd.active = True
        self.env["res.currency.rate"].search(
            [("currency_id", "in", (usd + self.cny).ids), ("company_id", "=", self.company.id)]
        ).unlink()
        self.env["res.currency.rate"].create(
            [
                {
                    "currency_id": usd.id,
                    "company_id": self.company.id,
                    "name": "2020-01-01",
                    "rate": 0.125,
                }
            ]
        )
        pricelist = self.env["product.pricelist"].create(
            {"name": "USD", "currency_id": usd.id, "company_id": self.company.id}
        )
        order = self._order(1_000, pricelist_id=pricelist.id)
        self.assertEqual(order.currency_id, usd)
        order.order_line.price_unit = 1_000
        order.action_confirm()
        order.sudo().currency_rate = 77
        expected = usd._convert(1_130, self.cny, self.company, fields.Date.today())
        self.assertAlmostEqual(self._exposure(), expected, 2)

    def test_companies_are_apart(self):
        other = self._new_company("Other Test", self.env.ref("base.USD"))
        self._invoice(100_000)
        self._invoice(900, company=other)
        self.assertEqual(self._exposure(), 100_000)
        self.assertEqual(self._exposure(company=other), 900)

    def test_forged_totals_are_not_believed(self):
        order = self._order(10_000)
        order.action_confirm()
        other = self._invoice(500_000)
        order = order.with_user(self.rep)
        order.order_line.write({"price_total": 1, "price_subtotal": 1, "qty_invoiced": 99})
        order.write({"amount_total": 1, "invoice_status": "invoiced", "currency_rate": 9})
        self.env.flush_all()
        self.assertEqual(self._exposure(), 511_300)
        # an invoice line of another matter, linked by hand
        order.sudo().order_line.invoice_lines = other.invoice_line_ids
        self.env.flush_all()
        self.assertEqual(self._exposure(), 511_300)
        other.with_user(self.biller).write({"amount_residual": 0, "payment_state": "paid"})
        other.line_ids.with_user(self.biller).write({"amount_residual": 0})
        self.env.flush_all()
        self.assertEqual(self._exposure(), 511_300)

    def test_confirmed_money_without_journal_entry(self):
        """Payments of a plain Community make no entry: finance's confirmation counts."""
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        order = self._order(10_000)
        order.action_confirm()
        payment = self.env["account.payment"].create(
            {
                "payment_type": "inbound",
                "partner_type": "customer",
                "partner_id": self.nanfeng.id,
                "amount": 5_000,
                "journal_id": bank.id,
            }
        )
        payment.action_post()
        self.env.flush_all()
        entry = payment.move_id
        self.env.cr.execute("UPDATE account_payment SET move_id = NULL WHERE id = %s", [payment.id])
        if entry:
            self.env.cr.execute(
                "UPDATE account_move SET state = 'cancel' WHERE id = %s", [entry.id]
            )
        self.env.invalidate_all()
        self.assertEqual(self._exposure(), 11_300)
        allocation = engine(self.env["sale.payment.allocation"]).create(
            {"payment_id": payment.id, "order_id": order.id, "amount": 5_000}
        )
        engine(allocation).write(
            {"state": "confirmed", "order_amount": 5_000, "order_currency_id": self.cny.id}
        )
        self.assertEqual(self._exposure(), 6_300)
        order.sudo()._create_invoices().action_post()
        self.assertEqual(self._exposure(), 6_300, "now it pays the invoice")
        receivable = order.sudo().invoice_ids.line_ids.filtered(
            lambda line: line.account_type == "asset_receivable"
        )
        self._money(11_300, receivable)
        self.assertEqual(self._exposure(), 0, "the bank line has settled it: not twice")

    def test_one_query_for_many(self):
        partners = self.env["res.partner"].create(
            [{"name": f"C{number}", "is_company": True} for number in range(30)]
        )
        for partner in partners[:3]:
            self._invoice(100, partner=partner)
        self.env.flush_all()
        for some in (partners[:1], partners):
            some.invalidate_recordset()
            some.mapped("commercial_partner_id.name")
            self.company._regulation_today()
            with self.assertQueryCount(1):
                self.env["res.partner"]._credit_exposure(self.company, some)

    def test_overdue_is_what_money_does_not_cover(self):
        self._invoice(1_000, due="2020-01-31")
        self._invoice(5_000)
        key = (self.company.id, self.nanfeng.id)
        Partner = self.env["res.partner"]
        self.assertEqual(Partner._credit_lines([key])[key].overdue, 1_000)
        far = {key: 100_000}
        self.assertEqual(Partner._credit_lines([key], overdue_days=far)[key].overdue, 0)
        self._money(5_500)
        self.assertEqual(Partner._credit_lines([key])[key].overdue, 500)

    def _money(self, amount, receivable=None, partner=None):
        """An entry of money received, matched with ``receivable`` if given."""
        bank = self.env["account.journal"].search(
            [("type", "=", "bank"), ("company_id", "=", self.company.id)], limit=1
        )
        account = (
            receivable.account_id if receivable else self.nanfeng.property_account_receivable_id
        )
        partner = partner or self.nanfeng
        entry = self.env["account.move"].create(
            {
                "move_type": "entry",
                "journal_id": bank.id,
                "line_ids": [
                    Command.create(
                        {
                            "account_id": bank.default_account_id.id,
                            "debit": amount,
                            "partner_id": partner.id,
                        }
                    ),
                    Command.create(
                        {"account_id": account.id, "credit": amount, "partner_id": partner.id}
                    ),
                ],
            }
        )
        entry.action_post()
        if receivable:
            (entry.line_ids.filtered("credit") + receivable).reconcile()
        return entry
