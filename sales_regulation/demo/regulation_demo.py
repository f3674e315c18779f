# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from contextlib import suppress
from datetime import timedelta

from odoo import Command, api, fields, models
from odoo.exceptions import UserError

#: login: (name, manager, groups, roles, language); the password is the login
PEOPLE = {
    "zhou": (
        "Zhou Guoqiang (GM)",
        None,
        "sales_team.group_sale_manager sales_regulation.group_regulation_manager",
        "director general_manager",
        "en_US",
    ),
    "qian": (
        "Qian Lihua (deputy GM)",
        "zhou",
        "sales_team.group_sale_salesman_all_leads sales_regulation.group_regulation_manager",
        "deputy_general_manager",
        "en_US",
    ),
    "gao": (
        "Gao Ming (regional manager)",
        "qian",
        "sales_team.group_sale_salesman_all_leads sales_regulation.group_regulation_manager",
        "regional_manager",
        "en_US",
    ),
    "chengang": (
        "Chen Gang (KA manager)",
        "gao",
        "sales_team.group_sale_salesman_all_leads sales_regulation.group_regulation_manager",
        "ka_manager sales_manager",
        "en_US",
    ),
    "wangfang": (
        "Wang Fang (KA rep)",
        "chengang",
        "sales_team.group_sale_salesman sales_regulation.group_regulation_user",
        "ka_rep sales_rep",
        "en_US",
    ),
    "liqiang": (
        "Li Qiang (KA rep)",
        "chengang",
        "sales_team.group_sale_salesman sales_regulation.group_regulation_user",
        "ka_rep sales_rep",
        "zh_CN",
    ),
    "mahui": (
        "Ma Hui (tele manager)",
        "zhou",
        "sales_team.group_sale_salesman_all_leads sales_regulation.group_regulation_manager",
        "sales_manager",
        "en_US",
    ),
    "zhaomin": (
        "Zhao Min (telemarketer)",
        "mahui",
        "sales_team.group_sale_salesman sales_regulation.group_regulation_user",
        "telemarketer",
        "zh_TW",
    ),
    "sun": (
        "Sun Yan (finance)",
        "zhou",
        "account.group_account_invoice account.group_account_user"
        " sales_regulation.group_regulation_finance",
        "finance",
        "en_US",
    ),
    "liu": (
        "Liu Wei (legal)",
        "zhou",
        "sales_regulation.group_regulation_legal",
        "legal",
        "en_US",
    ),
    "wu": (
        "Wu Jing (sales clerk)",
        "qian",
        "stock.group_stock_user sales_regulation.group_regulation_user",
        "sales_clerk",
        "en_US",
    ),
    "zheng": (
        "Zheng Bo (warehouse)",
        "zhou",
        "stock.group_stock_user sales_regulation.group_regulation_user",
        "warehouse",
        "en_US",
    ),
    "song": (
        "Song Yu (planner)",
        "zhou",
        "stock.group_stock_user sales_regulation.group_regulation_user",
        "planner",
        "en_US",
    ),
    "he": (
        "He Na (HR)",
        "zhou",
        "hr.group_hr_user sales_regulation.group_regulation_user",
        "hr",
        "en_US",
    ),
    "yan": (
        "Yan Xu (audit)",
        "zhou",
        "sales_regulation.group_regulation_audit",
        "audit",
        "en_US",
    ),
}
TEAM_ROLES = {"chengang": "ka", "mahui": "tele"}
TEAMS = (
    ("ka", "Key accounts", "chengang", ("chengang", "wangfang", "liqiang")),
    ("tele", "Telemarketing", "mahui", ("mahui", "zhaomin")),
)
CUSTOMERS = {
    "xinghai": ("Xinghai Electronics", "1 Harbour Road", "+86 755 5550 0101", "Lin Hai"),
    "beihe": ("Beihe Instruments", "22 River Road", "+86 755 5550 0102", "Bai He"),
    "nanfeng": ("Nanfeng Trading", "303 South Gate Road", "+86 755 5550 0103", "Nan Feng"),
    "dongfang": ("Dongfang Systems", "4 Sunrise Avenue", "+86 755 5550 0104", "Dong Fang"),
}
PRODUCTS = {
    "chip": ("Controller chip HX-100", "HX-100", 100.0, 78.0, 60000),
    "sensor": ("Pressure sensor HX-210", "HX-210", 40.0, 27.5, 20000),
    "board": ("Evaluation board HX-900", "HX-900", 680.0, 455.0, 800),
}


#: what stands for the scan of a signed contract, base64
SIGNED_PAPER = "JVBERi0xLjQKJSBzaWduZWQgcGFwZXI="


class RegulationDemo(models.AbstractModel):
    """The demo company: people, goods, and orders in every state, made through the real steps."""

    _name = "regulation.demo"
    _description = "Sales Regulation Demo Data"

    @api.model
    def _load(self):
        """Build the company in its own company, so that other demo data stays as it is."""
        if self.env["res.company"].search_count([("name", "=", "Hua Xin Components")]):
            return
        demo = self.with_context(
            tracking_disable=True, mail_create_nosubscribe=True, no_reset_password=True
        )
        company = demo._company()
        demo = demo.with_context(allowed_company_ids=[company.id]).with_company(company)
        people = demo._people(company)
        goods = demo._goods(company)
        demo._before_the_profile(company, people, goods)
        demo._profile(company, people)
        demo._documents(company, people, goods)

    # === THE COMPANY === #

    def _company(self):
        cny = self.env.ref("base.CNY")
        cny.active = True
        calendar = self.env["resource.calendar"].create(
            {
                "name": "Mon-Fri 09:00-12:00, 13:00-18:00",
                "tz": "Asia/Shanghai",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": period.capitalize(),
                            "dayofweek": str(day),
                            "day_period": period,
                            "hour_from": start,
                            "hour_to": end,
                        }
                    )
                    for day in range(5)
                    for period, start, end in (("morning", 9, 12), ("afternoon", 13, 18))
                ],
            }
        )
        company = self.env["res.company"].create(
            {
                "name": "Hua Xin Components",
                "currency_id": cny.id,
                "country_id": self.env.ref("base.cn").id,
                "resource_calendar_id": calendar.id,
                "street": "88 Science Park Road",
                "city": "Shenzhen",
                "phone": "+86 755 5550 0100",
            }
        )
        calendar.company_id = company
        for login in ("base.user_admin", "base.user_root"):
            self.env.ref(login).company_ids |= company
        # try_loading wants a registry that is loaded completely, which it is not here
        self.env["account.chart.template"]._load("generic_coa", company, install_demo=False)
        company.currency_id = cny  # the chart brings its own
        return company

    def _people(self, company):
        languages = {code for code, _name in self.env["res.lang"].get_installed()}
        users = {}
        employees = {}
        for login, (name, manager, groups, _roles, lang) in PEOPLE.items():
            users[login] = self.env["res.users"].create(
                {
                    "name": name,
                    "login": login,
                    "password": login,
                    "email": f"{login}@huaxin.example.com",
                    "company_id": company.id,
                    "company_ids": [Command.set(company.ids)],
                    "group_ids": [
                        Command.set(
                            [self.env.ref("base.group_user").id]
                            + [self.env.ref(group).id for group in groups.split()]
                        )
                    ],
                    "tz": "Asia/Shanghai",
                    "lang": lang if lang in languages else "en_US",
                }
            )
            if "odoobot_state" in users[login]._fields:
                users[login].odoobot_state = "disabled"
            employees[login] = self.env["hr.employee"].create(
                {
                    "name": name,
                    "user_id": users[login].id,
                    "company_id": company.id,
                    "parent_id": employees[manager].id if manager else False,
                    "resource_calendar_id": company.resource_calendar_id.id,
                }
            )
        teams = {
            code: self.env["crm.team"].create(
                {
                    "name": name,
                    "company_id": company.id,
                    "user_id": users[leader].id,
                    "member_ids": [Command.set([users[member].id for member in members])],
                }
            )
            for code, name, leader, members in TEAMS
        }
        roles = {role.code: role for role in self.env["regulation.role"].search([])}
        self.env["regulation.role.assignment"].create(
            [
                {
                    "role_id": roles[code].id,
                    "company_id": company.id,
                    "user_id": users[login].id,
                    "team_id": teams[TEAM_ROLES[login]].id if login in TEAM_ROLES else False,
                    "date_from": fields.Date.today() - timedelta(days=400),
                }
                for login, person in PEOPLE.items()
                for code in person[3].split()
            ]
        )
        return users

    def _goods(self, company):
        group = self.env["account.tax.group"].create({"name": "VAT 13%", "company_id": company.id})
        vat = self.env["account.tax"].create(
            {
                "name": "VAT 13%",
                "tax_group_id": group.id,
                "amount": 13,
                "type_tax_use": "sale",
                "company_id": company.id,
                "country_id": company.account_fiscal_country_id.id,
            }
        )
        company.account_sale_tax_id = vat
        Warehouse = self.env["stock.warehouse"]
        warehouse = Warehouse.search([("company_id", "=", company.id)], limit=1)
        if not warehouse:
            warehouse = Warehouse.create({"company_id": company.id, "code": "HX"})
        goods = {}
        for code, (name, reference, price, cost, quantity) in PRODUCTS.items():
            goods[code] = self.env["product.product"].create(
                {
                    "name": name,
                    "default_code": reference,
                    "type": "consu",
                    "is_storable": True,
                    "list_price": price,
                    "standard_price": cost,
                    "taxes_id": [Command.set(vat.ids)],
                    "company_id": company.id,
                    "invoice_policy": "order",
                }
            )
            self.env["stock.quant"].with_context(inventory_mode=True).create(
                {
                    "product_id": goods[code].id,
                    "location_id": warehouse.lot_stock_id.id,
                    "inventory_quantity": quantity,
                }
            ).action_apply_inventory()
        for code, (name, street, phone, contact) in CUSTOMERS.items():
            goods[code] = self.env["res.partner"].create(
                {
                    "name": name,
                    "is_company": True,
                    "street": street,
                    "city": "Shenzhen",
                    "zip": "518000",
                    "country_id": self.env.ref("base.cn").id,
                    "phone": phone,
                    "email": f"purchasing@{code}.example.com",
                    "company_id": company.id,
                    "child_ids": [
                        Command.create(
                            {
                                "name": contact,
                                "function": "Purchasing manager",
                                "phone": phone,
                                "company_id": company.id,
                            }
                        )
                    ],
                }
            )
        return goods

    # === THE REGULATION === #

    def _profile(self, company, people):
        """Adopt the composite profile and put it on trial; all but one acknowledge it."""
        profile = self.env.ref("sales_regulation.profile_composite")._adopt(
            {
                "name": "Sales regulation of Hua Xin",
                "code": "HUAXIN",
                "version": "1.0",
                "date_from": fields.Date.today() - timedelta(days=60),
                "compiled_by_id": people["chengang"].id,
                "reviewed_by_id": people["liu"].id,
                "assignment_ids": [Command.create({"company_id": company.id})],
            }
        )
        profile.with_user(people["zhou"])._publish("trial")
        for request in self.env["regulation.approval"].search(
            [("res_model", "=", profile._name), ("res_id", "=", profile.id)]
        ):
            for login in set(PEOPLE) - {"liqiang", "zhou"}:
                request.with_user(people[login]).action_approve()
        return profile

    # === ORDERS IN EVERY STATE === #

    def _before_the_profile(self, company, people, goods):
        """What an existing company has: an order confirmed and half delivered, an old debt."""
        order = self._sell(people["liqiang"], goods["beihe"], goods["sensor"], 400)
        order.action_confirm()
        picking = order.picking_ids
        picking.move_ids.write({"quantity": 150, "picked": True})
        picking.with_context(skip_backorder=True).button_validate()
        invoice = order.sudo()._create_invoices()
        invoice.write(
            {
                "invoice_date": fields.Date.today() - timedelta(days=75),
                "invoice_date_due": fields.Date.today() - timedelta(days=45),
                "invoice_payment_term_id": False,
            }
        )
        invoice.action_post()
        for customer, limit in (("nanfeng", 200000.0), ("beihe", 500000.0)):
            goods[customer].with_company(company).write(
                {"use_partner_credit_limit": True, "credit_limit": limit}
            )

    def _documents(self, company, people, goods):
        """Quotations, reviews, orders, money and deliveries, taken through the real steps."""
        rep, colleague = people["wangfang"], people["liqiang"]
        # A quotation at list price, one that needs a yes for its price, one in review
        self._sell(rep, goods["dongfang"], goods["board"], 12)
        cheap = self._sell(rep, goods["xinghai"], goods["chip"], 5000, 92.0)
        cheap.action_request_approval("price", "The competitor offers 91.50.")
        reviewed = self._sell(colleague, goods["beihe"], goods["board"], 20)
        reviewed.action_request_approval("order_review")
        self._tick(reviewed, people["chengang"], 3)

        # Contracts on their way: incomplete, at legal, returned by legal, sent
        self._draft_contract(self._sell(rep, goods["beihe"], goods["chip"], 800), delivery_date=False)
        legal = self._draft_contract(self._sell(rep, goods["nanfeng"], goods["sensor"], 900))
        legal.action_submit()
        self._decide_contract(legal, "contract_business", people["chengang"])
        returned = self._draft_contract(
            self._sell(colleague, goods["dongfang"], goods["chip"], 1500), liability_terms=False
        )
        returned.action_submit()
        self._decide_contract(returned, "contract_business", people["chengang"])
        self._decide_contract(
            returned, "contract_legal", people["liu"], "Say what follows when we deliver late."
        )
        sent = self._review_contract(
            self._draft_contract(self._sell(rep, goods["dongfang"], goods["board"], 25)), people
        )
        sent.action_mark_sent()

        # The order of the story: 10,000 at 96.00, deposit of 30 % paid, held in the warehouse
        story = self._sell(rep, goods["xinghai"], goods["chip"], 10000, 96.0)
        self._approve(story, "price", people["chengang"])
        self._confirm(story, people)
        self._pay(story, people, 325440.0)
        change = self._change(story, 10500, "The customer raises the quantity.")

        # Paid, noticed, shipped, signed for
        done = self._sell(rep, goods["dongfang"], goods["sensor"], 300)
        self._confirm(done, people)
        self._pay(done, people, done.amount_total)
        self._ship(done, people)

        # Paid, waiting for the clerk
        waiting = self._sell(colleague, goods["xinghai"], goods["board"], 30)
        self._confirm(waiting, people)
        self._pay(waiting, people, waiting.amount_total)
        self._request(waiting).action_submit()

        # Money on its way: named by finance, not confirmed yet; and in a rep's hands
        named = self._sell(colleague, goods["dongfang"], goods["board"], 8)
        self._confirm(named, people)
        self._allocate(named, people, named.amount_total)
        handed = self._sell(rep, goods["xinghai"], goods["sensor"], 60)
        self._confirm(handed, people)
        self._receipt(handed, handed.amount_total).action_hand_over()

        # Paid, checked by the clerk: finance releases it to the warehouse
        issued = self._sell(colleague, goods["xinghai"], goods["sensor"], 45)
        self._confirm(issued, people)
        self._pay(issued, people, issued.amount_total)
        self._issue(issued, people)

        # Nothing paid: the general manager is asked for a special release
        unpaid = self._sell(rep, goods["dongfang"], goods["chip"], 2000)
        self._confirm(unpaid, people)
        self._release(
            unpaid.picking_ids.with_user(rep),
            "Their production stands still; the payment is promised for Friday.",
        )

        # Beyond the credit limit, and a lost one
        large = self._sell(colleague, goods["nanfeng"], goods["chip"], 2500)

        # Not paid either, but let go by the general manager
        urgent = self._sell(rep, goods["dongfang"], goods["sensor"], 20)
        self._confirm(urgent, people)
        self._ship(urgent, people, "A line of theirs is down; they pay on Monday.")

        # What people tried all the same: the register of clauses has something to say
        self._attempt(cheap.action_confirm)
        self._attempt(large.action_confirm)
        for order in (story, unpaid):
            picking = order.sudo().picking_ids.with_user(people["zheng"])
            picking.move_ids.picked = True
            self._attempt(picking.button_validate)
            picking.move_ids.picked = False
        self._sell(colleague, goods["nanfeng"], goods["sensor"], 10)._action_cancel()
        return change

    def _attempt(self, step):
        """Somebody tries what the regulation stops: it is noted after the commit."""
        with suppress(UserError), self.env.cr.savepoint():
            step()

    def _sell(self, user, customer, product, quantity, price=None):
        line = {"product_id": product.id, "product_uom_qty": quantity}
        if price is not None:
            line["price_unit"] = price
        return (
            self.env["sale.order"]
            .with_user(user)
            .create(
                {
                    "partner_id": customer.id,
                    "payment_term_id": self.env.ref("account.account_payment_term_immediate").id,
                    "order_line": [Command.create(line)],
                }
            )
        )

    # === CONTRACTS === #

    def _draft_contract(self, order, **terms):
        """The contract of a quotation, complete."""
        action = order.action_create_contract()
        contract = order.env["sales.contract"].browse(action["res_id"])
        contract.write(
            {
                "delivery_date": fields.Date.today() + timedelta(days=30),
                "quality_terms": "Twelve months from acceptance; defective parts are replaced.",
                "liability_terms": "0.05 % of the value of late goods for each day, 5 % at most.",
                "dispute_terms": "Negotiation first, then the court of the seller's seat.",
                **terms,
            }
        )
        return contract

    def _review_contract(self, contract, people):
        contract.action_submit()
        for kind, login in (("contract_business", "chengang"), ("contract_legal", "liu")):
            self._decide_contract(contract, kind, people[login])
        return contract

    def _decide_contract(self, contract, kind, user, opinion=""):
        request = contract.sudo().approval_ids.filtered(
            lambda approval: approval.kind_id.code == kind and approval.state == "pending"
        )
        if opinion:
            return request.with_user(user).action_return(opinion)
        for item in contract.sudo()._checklist_items(kind)[contract.id]:
            contract.with_user(user).action_tick(item.id)
        return request.with_user(user).action_approve()

    def _sign_contract(self, order, people, signer, signed_on=None, **terms):
        """From the draft to the signature, by those who take the steps."""
        contract = self._review_contract(self._draft_contract(order, **terms), people)
        contract.action_mark_sent()
        contract.action_reconfirm({"with": f"{signer}, by phone"})
        contract.action_sign(
            {
                "signer_name": signer,
                "signed_on": signed_on,
                "scan": SIGNED_PAPER,
                "scan_name": "signed contract.pdf",
            }
        )
        return contract

    def _approve(self, order, kind, manager):
        order.action_request_approval(kind)
        request = order.sudo().approval_ids.filtered(
            lambda approval: approval.kind_id.code == kind and approval.state == "pending"
        )
        request.with_user(manager).action_approve()

    def _tick(self, order, manager, number=None):
        items = order.sudo()._checklist_items("order_review")[order.id]
        for item in items[:number]:
            order.with_user(manager).action_tick(item.id)

    def _confirm(self, order, people, **contract):
        self._sign_contract(order, people, order.partner_id.child_ids[:1].name, **contract)
        order.action_request_approval("order_review")
        self._tick(order, people["chengang"])
        request = order.sudo().approval_ids.filtered(
            lambda approval: approval.kind_id.code == "order_review"
            and approval.state == "pending"
        )
        request.with_user(people["chengang"]).action_approve()
        order.action_confirm()

    def _pay(self, order, people, amount):
        """A receipt on account that finance allocates to the order and confirms."""
        self._allocate(order, people, amount).action_confirm()

    def _receipt(self, order, amount):
        """What the salesperson has received himself."""
        return order.env["sale.receipt"].create(
            {
                "order_id": order.id,
                "amount": amount,
                "journal_id": self._bank(order.company_id).id,
                "reference": f"Transfer for {order.name}",
            }
        )

    def _bank(self, company):
        return self.env["account.journal"].search(
            [("company_id", "=", company.id), ("type", "=", "bank")], limit=1
        )

    def _allocate(self, order, people, amount):
        """A receipt on account that finance names for the order."""
        payment = (
            self.env["account.payment"]
            .with_user(people["sun"])
            .create(
                {
                    "payment_type": "inbound",
                    "partner_type": "customer",
                    "partner_id": order.partner_id.id,
                    "amount": amount,
                    "journal_id": self._bank(order.company_id).id,
                    "memo": order.name,
                }
            )
        )
        payment.action_post()
        return (
            self.env["sale.payment.allocation"]
            .with_user(people["sun"])
            .create({"order_id": order.id, "payment_id": payment.id, "amount": amount})
        )

    def _change(self, order, quantity, reason):
        change = (
            order.env["sale.order.change"]
            .create(
                {
                    "order_id": order.id,
                    "reason": reason,
                    "line_ids": [
                        Command.create(
                            {
                                "action": "quantity",
                                "order_line_id": order.order_line.id,
                                "quantity": quantity,
                            }
                        )
                    ],
                }
            )
        )
        change.action_submit()
        return change

    def _request(self, order):
        action = order.action_request_dispatch()
        notice = order.env["dispatch.notice"].browse(action["res_id"])
        notice.requested_arrival_at = fields.Datetime.now() + timedelta(days=5)
        return notice

    def _issue(self, order, people, let_go_because=""):
        """The request becomes a numbered notice, which finance has not seen yet."""
        notice = self._request(order)
        notice.action_submit()
        if let_go_because:
            self._release(notice, let_go_because).with_user(people["zhou"]).action_grant()
        clerk = notice.with_user(people["wu"])
        clerk.action_verify()
        clerk.action_check()
        clerk.action_issue()
        return notice

    def _to_warehouse(self, order, people, let_go_because=""):
        """The request goes through all hands until the keeper may ship."""
        notice = self._issue(order, people, let_go_because)
        finance = notice.with_user(people["sun"])
        finance.action_check_papers()
        finance.action_release()
        return notice

    def _ship(self, order, people, let_go_because=""):
        self._to_warehouse(order, people, let_go_because)
        carrier = self._carrier(order.company_id)
        picking = order.picking_ids.with_user(people["zheng"])
        picking.write({"carrier_id": carrier.id, "carrier_tracking_ref": "SF1440021187"})
        picking.move_ids.picked = True
        picking.button_validate()

    def _carrier(self, company):
        Carrier = self.env["delivery.carrier"]
        found = Carrier.search([("name", "=", "SF Express"), ("company_id", "=", company.id)])
        return found[:1] or Carrier.create(
            {
                "name": "SF Express",
                "delivery_type": "fixed",
                "product_id": self.env["product.product"]
                .create({"name": "Freight", "type": "service", "list_price": 0.0})
                .id,
                "company_id": company.id,
            }
        )

    def _release(self, document, reason):
        """Whoever the document is of asks for a release of its payment."""
        return document.env["regulation.release"].create(
            {
                "gate_id": self.env.ref("sales_regulation.gate_payment_before_shipment").id,
                "res_model": document._name,
                "res_id": document.id,
                "reason": reason,
            }
        )
