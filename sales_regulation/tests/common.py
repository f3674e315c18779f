# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command
from odoo.tests import TransactionCase, new_test_user

from .shared import shared

# The people of the company under regulation, and whom they report to:
#
#   GM Zhou (director)
#   +- DGM  - RM - KM Chen Gang (KA team)   - A Wang Fang, B Li Qiang
#   +- SGM  - TM (telemarketing team)       - T Zhao Min
#   +- FIN Sun   LEG Liu   CLK Wu   WH Zheng   PLN   HR He   AUD   ADM (administrator)
PEOPLE = {
    # login: (name, manager, groups, role codes)
    "gm": ("GM Zhou", None, "sales_team.group_sale_manager,sales_regulation.group_regulation_manager", "director,general_manager"),
    "dgm": ("DGM Qian", "gm", "sales_team.group_sale_salesman_all_leads,sales_regulation.group_regulation_manager", "deputy_general_manager"),
    "rm": ("RM Gao", "dgm", "sales_team.group_sale_salesman_all_leads,sales_regulation.group_regulation_manager", "regional_manager"),
    "km": ("KM Chen Gang", "rm", "sales_team.group_sale_salesman_all_leads,sales_regulation.group_regulation_manager", "ka_manager,sales_manager"),
    "a": ("Wang Fang", "km", "sales_team.group_sale_salesman,sales_regulation.group_regulation_user", "ka_rep,sales_rep"),
    "b": ("Li Qiang", "km", "sales_team.group_sale_salesman,sales_regulation.group_regulation_user", "ka_rep,sales_rep"),
    "sgm": ("SGM Feng", "gm", "sales_team.group_sale_salesman_all_leads,sales_regulation.group_regulation_manager", ""),
    "tm": ("TM Ma", "sgm", "sales_team.group_sale_salesman_all_leads,sales_regulation.group_regulation_manager", "sales_manager"),
    "t": ("Zhao Min", "tm", "sales_team.group_sale_salesman,sales_regulation.group_regulation_user", "telemarketer"),
    "fin": ("FIN Sun", "gm", "account.group_account_invoice,account.group_account_user,sales_regulation.group_regulation_finance", "finance"),
    "leg": ("LEG Liu", "gm", "sales_regulation.group_regulation_legal", "legal"),
    "clk": ("CLK Wu", "sgm", "stock.group_stock_user,sales_regulation.group_regulation_user", "sales_clerk"),
    "wh": ("WH Zheng", "gm", "stock.group_stock_user,sales_regulation.group_regulation_user", "warehouse"),
    "pln": ("PLN Song", "gm", "stock.group_stock_user,sales_regulation.group_regulation_user", "planner"),
    "hr": ("HR He", "gm", "hr.group_hr_user,sales_regulation.group_regulation_user", "hr"),
    "aud": ("AUD Yan", "gm", "sales_regulation.group_regulation_audit", "audit"),
    "adm": ("ADM Ren", "gm", "sales_regulation.group_regulation_admin", ""),
}
#: roles held for one team only: {login: team}
TEAM_ROLES = {"km": "ka", "tm": "tele"}
PREFIX = "reg_"
#: base64 of what stands for a scanned paper
SCAN = "JVBERi0xLjQgc2lnbmVk"


class RegulationCompany:
    """Builds the company of the tests: people, roles, teams, customers, goods, accounts.

    Mix into a TransactionCase or HttpCase and call ``_build_company()`` in setUpClass.
    """

    #: whether the company may be one that other classes have too (see ``shared``)
    share_company = True
    #: the moment at which the clock stands when the company is built, None if it runs
    company_built_at = None

    @classmethod
    def setUpClass(cls):
        with shared.cursor_for(cls):
            super().setUpClass()

    @classmethod
    def _gc_filestore(cls):
        if not shared.builder:  # whose files no other transaction knows of
            super()._gc_filestore()

    @classmethod
    def _build_company(cls):
        if not shared.give(cls):
            cls._make_company()

    @classmethod
    def _make_company(cls):
        cls.cny = cls.env.ref("base.CNY")
        cls.cny.active = True
        cls.calendar = cls.env["resource.calendar"].create(
            {
                "name": "Mon-Fri 9-12, 13-18",
                "tz": "Asia/Shanghai",
                "attendance_ids": [
                    Command.create(
                        {
                            "name": f"{day} {period}",
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
        cls.company = cls.env["res.company"].create(
            {
                "name": "Hua Xin Components of the Tests",
                "currency_id": cls.cny.id,
                "country_id": cls.env.ref("base.cn").id,
                "resource_calendar_id": cls.calendar.id,
            }
        )
        cls.calendar.company_id = cls.company
        cls.env.user.company_ids |= cls.company
        cls.env["account.chart.template"].try_loading(
            "generic_coa", company=cls.company, install_demo=False
        )
        cls.company.currency_id = cls.cny  # the chart brought its own
        cls.env = cls.env(
            context=dict(cls.env.context, allowed_company_ids=[cls.company.id], tracking_disable=True)
        )
        cls._build_people()
        cls._build_trade()

    @classmethod
    def _build_people(cls):
        cls.users = {}
        employees = {}
        for login, (name, manager, groups, _roles) in PEOPLE.items():
            user = new_test_user(
                cls.env,
                login=PREFIX + login,
                name=name,
                groups=groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
                tz="Asia/Shanghai",
                lang="en_US",
                context={"no_reset_password": True, "mail_create_nosubscribe": True},
            )
            cls.users[login] = user
            employees[login] = cls.env["hr.employee"].create(
                {
                    "name": name,
                    "user_id": user.id,
                    "company_id": cls.company.id,
                    "parent_id": employees[manager].id if manager else False,
                    "resource_calendar_id": cls.calendar.id,
                }
            )
        cls.employees = employees
        cls.teams = {
            code: cls.env["crm.team"].create(
                {
                    "name": name,
                    "company_id": cls.company.id,
                    "user_id": cls.users[leader].id,
                    "member_ids": [Command.set([cls.users[member].id for member in members])],
                }
            )
            for code, name, leader, members in (
                ("ka", "KA team", "km", ("a", "b", "km")),
                ("tele", "Telemarketing", "tm", ("t", "tm")),
            )
        }
        roles = {role.code: role for role in cls.env["regulation.role"].search([])}
        cls.roles = roles
        for login, (_name, _manager, _groups, codes) in PEOPLE.items():
            for code in filter(None, codes.split(",")):
                cls.env["regulation.role.assignment"].create(
                    {
                        "role_id": roles[code].id,
                        "company_id": cls.company.id,
                        "user_id": cls.users[login].id,
                        "team_id": cls.teams[TEAM_ROLES[login]].id if login in TEAM_ROLES else False,
                        "date_from": date(2020, 1, 1),
                    }
                )

    @classmethod
    def _build_trade(cls):
        cls.vat = cls.env["account.tax"].create(
            {
                "name": "VAT 13%",
                "amount": 13,
                "type_tax_use": "sale",
                "company_id": cls.company.id,
                "country_id": cls.company.account_fiscal_country_id.id,
            }
        )
        cls.warehouse = cls.env["stock.warehouse"].search(
            [("company_id", "=", cls.company.id)], limit=1
        )
        china = cls.env.ref("base.cn").id
        cls.customers = {
            code: cls.env["res.partner"].create(
                {
                    "name": name,
                    "is_company": True,
                    "street": street,
                    "city": "Shenzhen",
                    "country_id": china,
                    "phone": phone,
                    "company_id": cls.company.id,
                }
            )
            for code, name, street, phone in (
                ("xinghai", "Xinghai Electronics", "1 Harbour Road", "0755 1111 0001"),
                ("beihe", "Beihe Instruments", "2 River Road", "0755 1111 0002"),
                ("nanfeng", "Nanfeng Trading", "3 South Road", "0755 1111 0003"),
                ("dongfang", "Dongfang Systems", "4 East Road", "0755 1111 0004"),
            )
        }
        cls.product = cls.env["product.product"].create(
            {
                "name": "Controller chip",
                "default_code": "HX-100",
                "type": "consu",
                "is_storable": True,
                "list_price": 100.0,
                "standard_price": 78.0,
                "taxes_id": [Command.set(cls.vat.ids)],
                "company_id": cls.company.id,
                "invoice_policy": "order",
            }
        )
        cls._stock(cls.product, 100000)

    @classmethod
    def _stock(cls, product, quantity):
        cls.env["stock.quant"].with_context(inventory_mode=True).create(
            {
                "product_id": product.id,
                "location_id": cls.warehouse.lot_stock_id.id,
                "inventory_quantity": quantity,
            }
        ).action_apply_inventory()

    # === PROFILES === #

    @classmethod
    def _profile(cls, gates=None, publish=True, assign=None, **settings):
        """A profile of the company, in force since 2020 unless told otherwise.

        :param dict gates: ``{gate code: mode}``
        :param dict assign: values of the assignment beside the company
        """
        number = cls.env["regulation.profile"].search_count([])
        profile = cls.env["regulation.profile"].create(
            {
                "name": "Test regulation",
                "code": f"TEST{number}",
                "date_from": date(2020, 1, 1),
                "assignment_ids": [
                    Command.create({"company_id": cls.company.id, **(assign or {})})
                ],
                **settings,
            }
        )
        for code, mode in (gates or {}).items():
            gate = cls.env["regulation.gate"].search([("code", "=", code)])
            cls.env["regulation.profile.gate"].create(
                {"profile_id": profile.id, "gate_id": gate.id, "mode": mode}
            )
        if publish:
            profile.with_user(cls.users["gm"])._publish("active")
        return profile

    # === DOCUMENTS === #

    @classmethod
    def _order(cls, login="a", customer="xinghai", quantity=1, price=None, **values):
        """A quotation made by the user, untaxed price 100.00 unless given."""
        line = {"product_id": cls.product.id, "product_uom_qty": quantity}
        if price is not None:
            line["price_unit"] = price
        return (
            cls.env["sale.order"]
            .with_user(cls.users[login])
            .create(
                {
                    "partner_id": cls.customers[customer].id,
                    "order_line": [Command.create(line)],
                    **values,
                }
            )
        )

    @classmethod
    def _sign_contract(cls, orders, login="a", **terms):
        """The signed contract of these quotations, through all steps by those who take them."""
        for order in orders.filtered(lambda order: not order.payment_term_id):
            order.payment_term_id = cls.env.ref("account.account_payment_term_immediate")
        orders = cls._as(orders, login)
        contract = orders.env["sales.contract"].browse(orders.action_create_contract()["res_id"])
        contract.write({"delivery_date": "2036-01-31", **terms})
        contract.action_submit()
        while approval := contract.sudo().approval_ids.filtered(lambda row: row.state == "pending"):
            step = approval.step_ids.filtered(lambda row: row.state == "pending")
            user = step.user_ids[0]
            for item in contract.sudo()._checklist_items(approval.kind_id.code)[contract.id]:
                contract.with_user(user).action_tick(item.id)
            approval.with_user(user).action_approve()
        contract.action_mark_sent()
        contract.action_reconfirm({"with": "Ms. Lin, by phone"})
        contract.action_sign(
            {"signer_name": "Lin Hai", "scan": SCAN, "scan_name": "signed contract.pdf"}
        )
        return contract

    @classmethod
    def _as(cls, record, login):
        """The record as that person sees it."""
        return record.with_user(cls.users[login])

    @classmethod
    def _end_request(cls):
        """What was changed is as if committed: the caches hold what they may hold."""
        cls.env.flush_all()
        cls.env.registry.clear_cache("stable")
        cls.env.registry.cache_invalidated.clear()


class RegulationCommon(RegulationCompany, TransactionCase):
    """Base of the tests of this addon."""

    def _commit_and_follow(self, *jobs):
        """What comes with the commit of a step, and then the jobs that it has woken."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        with self.enter_registry_test_mode():
            for job in jobs:
                self.env.ref(f"sales_regulation.{job}").method_direct_trigger()
        self.env.invalidate_all()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_company()
