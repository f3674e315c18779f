"""The companies that are measured: plain Odoo, the OCA modules, and ours; the same on each."""

from contextlib import contextmanager
from datetime import timedelta

from odoo import Command, api, fields
from odoo.modules.registry import Registry


class Side:
    """Plain Odoo: a company, a rep, a keeper, goods; and orders ready to be confirmed."""

    name = "stock"

    def __init__(self, database):
        self.database = database
        self.batches = 0
        self.cr = Registry(database).cursor()
        self.env = api.Environment(self.cr, api.SUPERUSER_ID, {"tracking_disable": True})

    def close(self):
        self.cr.rollback()
        self.cr.close()

    def setup(self):
        """The same company on every side, in a transaction that is never committed."""
        env = self.env
        cny = env.ref("base.CNY")
        cny.active = True
        company = env["res.company"].create(
            {"name": "Bench", "currency_id": cny.id, "country_id": env.ref("base.cn").id}
        )
        env.user.company_ids |= company
        env["account.chart.template"].try_loading("generic_coa", company, install_demo=False)
        company.currency_id = cny
        self._enter(company)
        self.rep = self._user("bench_rep", "sales_team.group_sale_salesman")
        self.keeper = self._user("bench_keeper", "stock.group_stock_user")
        vat = self.env["account.tax"].create(
            {"name": "13%", "amount": 13, "type_tax_use": "sale", "company_id": company.id}
        )
        self.product = self.env["product.product"].create(
            {
                "name": "Chip",
                "type": "consu",
                "is_storable": True,
                "list_price": 100.0,
                "taxes_id": [Command.set(vat.ids)],
                "company_id": company.id,
                "invoice_policy": "order",
            }
        )
        Warehouse = self.env["stock.warehouse"]
        warehouse = Warehouse.search(
            [("company_id", "=", company.id)], limit=1
        ) or Warehouse.create({"company_id": company.id, "code": "BE"})
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": self.product.id,
                "location_id": warehouse.lot_stock_id.id,
                "inventory_quantity": 10**7,
            }
        ).action_apply_inventory()
        self.partners = self._make_customers()
        self.partner = self.partners[0]
        self._make_carrier()
        self.flush()

    def _make_customers(self):
        """Each batch of orders is of another customer, so that none has hundreds of them."""
        return self.env["res.partner"].create(
            [
                {
                    "name": f"Customer {number}",
                    "is_company": True,
                    "street": "1 Road",
                    "city": "Shenzhen",
                    "country_id": self.env.ref("base.cn").id,
                    # A number of his own: who shares one counts as the same customer
                    "phone": f"+86 755 5550 {1000 + number}",
                    "company_id": self.company.id,
                    "child_ids": [
                        Command.create({"name": f"Ms. Lin {number}", "type": "contact"})
                    ],
                }
                for number in range(50)
            ]
        )

    def _make_carrier(self):
        self.carrier = self.env["delivery.carrier"].create(
            {
                "name": "Express",
                "delivery_type": "fixed",
                "product_id": self.env["product.product"]
                .create({"name": "Freight", "type": "service"})
                .id,
                "company_id": self.company.id,
            }
        )

    def _enter(self, company):
        self.company = company
        context = dict(self.env.context, allowed_company_ids=[company.id])
        self.env = self.env(context=context)

    def _user(self, login, groups):
        return self.env["res.users"].create(
            {
                "name": login,
                "login": login,
                "company_id": self.company.id,
                "company_ids": [Command.set(self.company.ids)],
                "group_ids": [Command.set([self.env.ref(group).id for group in groups.split()])],
            }
        )

    def quotations(self, number):
        """Quotations of the rep with 10 lines, ready to be confirmed."""
        line = {"product_id": self.product.id, "product_uom_qty": 2}
        self.batches += 1
        partner = self.partners[self.batches % len(self.partners)]
        term = self.env.ref("account.account_payment_term_immediate")
        orders = (
            self.env["sale.order"]
            .with_user(self.rep)
            .create(
                [
                    {
                        "partner_id": partner.id,
                        "payment_term_id": term.id,
                        "order_line": [Command.create(line) for _line in range(10)],
                    }
                    for _order in range(number)
                ]
            )
        )
        self.make_ready(orders)
        self.flush()
        return orders

    def make_ready(self, orders):
        """What the side demands before the confirmation."""

    def transfers(self, orders):
        """The reserved transfers of confirmed orders, ready to be validated by the keeper."""
        self.make_shippable(orders)
        pickings = orders.sudo().picking_ids.with_user(self.keeper)
        pickings.move_ids.picked = True
        self.flush()
        return pickings

    def make_shippable(self, orders):
        """What the side demands before the goods leave; all of them ship with a carrier."""
        orders.sudo().picking_ids.write(
            {"carrier_id": self.carrier.id, "carrier_tracking_ref": "SF123"}
        )

    def flush(self):
        """As between two requests: all written, nothing remembered."""
        self.env.flush_all()
        self.env.invalidate_all()
        self.cr.precommit.clear()

    @contextmanager
    def request(self, records):
        """The records as a request finds them: nothing remembered, no environment but theirs.

        Odoo looks for an environment among all of the transaction at every ``sudo()``. Those of
        the people who have prepared the documents would be counted as a cost of the step, and
        we have more such people than plain Odoo.
        """
        self.flush()
        # Whoever prepared the documents has ended his request: caches hold what they may hold
        self.env.registry.signal_changes()
        preparing = self.cr.transaction
        self.cr.transaction = None
        self.cr.cache.clear()
        try:
            # Changes are tracked, as for everybody who presses the button
            context = dict(records.env.context, tracking_disable=False)
            env = api.Environment(self.cr, records.env.uid, context)
            yield env[records._name].browse(records._ids)
        finally:
            self.cr.transaction = preparing
            self.cr.cache.clear()
            self.flush()


class Oca(Side):
    """The OCA modules that stop an order, each with one rule that lets it pass."""

    name = "oca"

    def setup(self):
        super().setup()
        self.manager = self._user("bench_manager", "sales_team.group_sale_manager")
        self.env["exception.rule"].create(
            {
                "name": "No customer reference",
                "description": "Never true",
                "model": "sale.order",
                "exception_type": "by_domain",
                "domain": "[('partner_id', '=', False)]",
            }
        )
        self.env["tier.definition"].create(
            {
                "name": "Orders",
                "model_id": self.env["ir.model"]._get("sale.order").id,
                "review_type": "individual",
                "reviewer_id": self.manager.id,
                "definition_domain": "[('amount_untaxed', '>', 1)]",
            }
        )
        self.partners.write(
            {
                "credit_limit": 10**12,
                "risk_sale_order_include": True,
                "risk_sale_order_limit": 10**12,
            }
        )

    def make_ready(self, orders):
        orders.request_validation()
        self.flush()
        for order in orders.with_user(self.manager):
            order.validate_tier()


class Ours(Side):
    """The demo company's regulation with every gate enforced."""

    name = "ours"

    def setup(self):
        env = self.env
        demo = env["regulation.demo"].with_context(
            mail_create_nosubscribe=True, no_reset_password=True
        )
        company = demo._company()
        self._enter(company)
        demo = demo.with_context(allowed_company_ids=[company.id]).with_company(company)
        self.people = demo._people(company)
        goods = demo._goods(company)
        self.product = goods["chip"]
        self.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": self.product.id,
                "location_id": self.env["stock.warehouse"]
                .search([("company_id", "=", company.id)], limit=1)
                .lot_stock_id.id,
                "inventory_quantity": 10**7,
            }
        ).action_apply_inventory()
        demo._profile(company, self.people)
        profile = self.env["regulation.profile"].search([("code", "=", "HUAXIN")])
        profile.gate_ids.with_user(self.people["zhou"]).action_enforce()
        self.demo = demo
        self.rep, self.keeper = self.people["wangfang"], self.people["zheng"]
        self.partners = self._make_customers()
        self.partner = self.partners[0]
        self._agree_terms(company)
        self._make_carrier()
        self.flush()

    def _agree_terms(self, company):
        from odoo.addons.sales_regulation.tools import engine  # once the addons are loaded

        engine(self.partners.with_company(company)).write({"credit_limit": 10**12})

    def make_ready(self, orders):
        for order in orders:
            self.demo._sign_contract(order, self.people, order.partner_id.child_ids.name)
            order.action_request_approval("order_review")
            self.demo._tick(order, self.people["chengang"])
            request = order.sudo().approval_ids.filtered(
                lambda approval: approval.state == "pending"
            )
            request.with_user(self.people["chengang"]).action_approve()

    def make_shippable(self, orders):
        super().make_shippable(orders)
        for order in orders:
            self.demo._pay(order, self.people, order.amount_total)
            notice = self.demo._request(order)
            notice.requested_arrival_at = fields.Datetime.now() + timedelta(days=3)
            notice.action_submit()
            clerk = notice.with_user(self.people["wu"])
            clerk.action_verify()
            clerk.action_check()
            clerk.action_issue()
            finance = notice.with_user(self.people["sun"])
            finance.action_check_papers()
            finance.action_release()
            keeper = notice.with_user(self.people["zheng"])
            for item in notice.sudo()._checklist_items("packaging")[notice.id]:
                if not item.automatic:
                    keeper.action_tick(item.id)
