# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""A company with a planted secret, and two people who must not learn anything of it."""

import unittest
from datetime import timedelta

import psycopg2

from odoo import Command, fields
from odoo.exceptions import UserError
from odoo.tools import SQL, mute_logger

from odoo.addons.sales_regulation.tests.common import RegulationCompany

try:
    from odoo.addons.sales_confidentiality.tests.common import PRODUCTS, ConfidentialWorld
except ImportError:
    ConfidentialWorld, PRODUCTS = object, ()

#: in every text of the secret
MARK = "Qzxmark"
#: every amount of the secret, and how it may be printed
AMOUNT = 987654.32
MARKS = (MARK.lower(), "987654", "987,654", "9876 5432", "987 654")
#: every right of Odoo and of the regulation, and no grant: only a label can stop him
RIGHTS = (
    "sales_team.group_sale_manager,account.group_account_manager,stock.group_stock_manager,"
    "base.group_partner_manager,base.group_allow_export,base.group_no_one,"
    "sales_regulation.group_regulation_manager,sales_regulation.group_regulation_legal,"
    "sales_regulation.group_regulation_finance,sales_regulation.group_regulation_audit"
)
LABEL, OWNER = "confidentiality_label_id", "confidentiality_owner_id"
#: what a planted row of a model needs beside its required columns
PLANTED = {
    "rating.rating": lambda world: {"rating": 5},
    "sale.payment.agreement": lambda world: {"mode": "full", "deposit_percent": 0},
    "sale.payment.allocation": lambda world: {
        "payment_id": world.documents["account.payment"].id
    },
    "ka.tier.score.line": lambda world: {"points": 50},
    "kpi.bonus.line": lambda world: {"adjustment": -987654.32},
    "kpi.sheet": lambda world: {
        "unit": "person",
        "user_id": world.users["a"].id,
        "has_score": True,
    },
    "kpi.sheet.member": lambda world: {"days": 987654},
    "sale.order.template.line": lambda world: {"product_uom_id": world.product.uom_id.id},
    "loyalty.reward": lambda world: {"discount_product_domain": "[]"},
    "customer.relation": lambda world: {"related_id": world.customers["beihe"].id},
}


def says(answer):
    """Whether an answer, a text or an error tells something of the secret."""
    text = repr(answer).lower()
    return any(mark in text for mark in MARKS)


def activate(env, models):
    """Protect what is proposed only, as an administrator does."""
    rows = env["confidentiality.model"].with_context(active_test=False)
    rows.search([("model", "in", models)]).action_unarchive()
    env.flush_all()
    if models:
        # As if committed: else whatever resets a registry takes the new columns out of it
        env.registry.signal_changes()


class ChannelWorld(ConfidentialWorld, RegulationCompany):
    """Mix into a TransactionCase or HttpCase and call ``_build_channels()`` in setUpClass."""

    enforced = ("customer", "contract")
    #: what is protected beside what always is; it is then what the tests ask about
    activated = ()
    #: models that the tests ask about
    subjects = frozenset()

    @classmethod
    def _build_channels(cls):
        if "confidentiality.grant" not in cls.env:
            raise unittest.SkipTest("sales_confidentiality is not installed")
        activate(cls.env, cls.activated)
        cls._build_company()
        customer = cls.customers["xinghai"]
        cls._build_secrets()
        cls.outsider = cls.users["tm"]
        cls.outsider.group_ids = [
            Command.link(cls.env.ref(group).id) for group in RIGHTS.split(",")
        ]
        cls.everything = ("negotiation", "strategy", "internal", "price")
        for code in cls.everything:
            for login in ("gm", "fin", "leg"):
                cls._grant(login, code)
            cls.env.ref(f"sales_confidentiality.category_{code}").mode = "enforce"
        customer.write(
            {
                "name": f"{MARK} Holdings",
                "phone": "9876 5432",
                "email": f"lin@{MARK.lower()}.example.com",
                "street": f"{MARK} Road",
                "comment": f"{MARK} comment",
            }
        )
        cls.secret = cls._label("secret", "customer")
        customer.confidentiality_label_id = cls.secret
        cls._build_documents()
        cls.subjects = {*cls.documents, *cls.env["confidentiality.model"]._protection().models}
        if cls.activated:
            cls._build_products()
        cls.env.flush_all()
        cls.env.cr.precommit.clear()  # what was changed until now is no news

    @classmethod
    def _build_documents(cls):
        """What a company makes of a customer, by the people who make it."""
        env = cls.env
        customer = cls.customers["xinghai"]
        contact = env["res.partner"].create({"name": f"{MARK} Lin", "parent_id": customer.id})
        lead = env["crm.lead"].create(
            {
                "name": f"{MARK} project",
                "partner_id": customer.id,
                "user_id": cls.users["a"].id,
                "expected_revenue": AMOUNT,
                "type": "opportunity",
            }
        )
        order = cls._order(
            "a", quantity=1, price=AMOUNT, client_order_ref=f"{MARK} ref", note=f"{MARK} note"
        )
        order.order_line.name = f"{MARK} chip"
        order.sudo().action_confirm()
        invoice = order.sudo()._create_invoices()
        invoice.ref = f"{MARK} invoice"
        invoice.action_post()
        second = cls._order("a", quantity=1, price=AMOUNT)
        contract = second.env["sales.contract"].browse(second.action_create_contract()["res_id"])
        payment = (
            env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"communication": f"{MARK} paid", "amount": AMOUNT})
            ._create_payments()
        )
        cls.documents = {
            "res.partner": customer | contact,
            "crm.lead": lead,
            "sale.order": order | second,
            "sale.order.line": (order | second).order_line,
            "account.move": invoice,
            "account.move.line": invoice.line_ids,
            "sales.contract": contract,
            "sales.contract.line": contract.line_ids,
            "account.payment": payment,
        }
        cls.documents = {name: rows.sudo() for name, rows in cls.documents.items()}
        cls._talk_about(customer, lead, order, invoice, contract)
        env["calendar.event"].create(
            {
                "name": f"{MARK} meeting",
                "opportunity_id": lead.id,
                "start": fields.Datetime.now(),
                "stop": fields.Datetime.now() + timedelta(hours=1),
                "user_id": cls.users["a"].id,
                "partner_ids": [Command.set([cls.users["a"].partner_id.id, contact.id])],
            }
        )
        env["rating.rating"].sudo().create(
            {
                "res_model_id": env["ir.model"]._get_id("sale.order"),
                "res_id": order.id,
                "partner_id": customer.id,
                "feedback": f"{MARK} feedback",
                "rating": 5,
                "consumed": True,
            }
        )
        cls.transfer = order.sudo().picking_ids

    @classmethod
    def _build_products(cls):
        """A product and a price list that are not released, and what those make of them who know:
        with people from whom nothing else is hidden than their names."""
        env = cls.env
        for login, code in (
            *((login, "product") for login in ("gm", "fin", "leg", "km")),
            ("km", "price"),
        ):
            cls._grant(login, code)
        env.ref("sales_confidentiality.category_product").mode = "enforce"
        product = cls._secret_product()
        lists = env["product.pricelist"].create(
            [
                {"name": name, "company_id": cls.company.id}
                for name in (f"{MARK} list", "Open list")
            ]
        )
        items = env["product.pricelist.item"].create(
            [
                {
                    "pricelist_id": pricelist.id,
                    "applied_on": "1_product",
                    "product_tmpl_id": one.id,
                    "compute_price": "fixed",
                    "fixed_price": AMOUNT,
                }
                for pricelist, one in zip(
                    lists, (cls.product.product_tmpl_id, product.product_tmpl_id), strict=True
                )
            ]
        )
        documents = env["product.document"].create(
            [
                {"name": f"{MARK} sheet", "res_model": record._name, "res_id": record.id}
                for record in (product.product_tmpl_id, product)
            ]
        )
        env.flush_all()
        product.product_tmpl_id["x_confidentiality_label_id"] = cls._label("secret", "product")
        lists[0]["x_confidentiality_label_id"] = cls._label("secret", "price")
        cls._trade(product)
        products = {
            "product.template": product.product_tmpl_id,
            "product.product": product,
            "product.pricelist": lists[0],
            "product.pricelist.item": items,
            "product.document": documents,
        }
        cls.subjects = {*products, *cls.activated}
        cls.documents |= {name: rows.sudo() for name, rows in products.items()}
        cls._talk_about(product, product.product_tmpl_id)

    @classmethod
    def _secret_product(cls):
        return cls.env["product.product"].create(
            {
                "name": f"{MARK} chip",
                "default_code": f"{MARK}-1",
                "barcode": f"{MARK}987654",
                "type": "consu",
                "is_storable": True,
                "list_price": AMOUNT,
                "standard_price": 10.0,
                "description": f"{MARK} notes",
                "description_sale": f"{MARK} for sale",
                "description_picking": f"{MARK} for the warehouse",
                "taxes_id": [Command.set(cls.vat.ids)],
                "company_id": cls.company.id,
                "invoice_policy": "order",
            }
        )

    @classmethod
    def _trade(cls, product):
        """It lies in the warehouse, is sold to a customer everybody knows, shipped, invoiced."""
        cls._stock(product, 100)
        cls.traded = cls._order("km", "beihe", quantity=2)
        cls.traded.order_line.write({"product_id": product.id, "price_unit": 10.0})
        cls.traded.order_line.name = "As agreed"
        cls.traded.sudo().action_confirm()
        cls.traded.sudo().picking_ids.button_validate()
        invoice = cls.traded.sudo()._create_invoices()
        # Odoo puts the name of the product before the text of the line, for the customer
        invoice.invoice_line_ids.name = "As agreed"
        invoice.action_post()

    @classmethod
    def _talk_about(cls, *records):
        """Chatter, tracking, files, activities, followers on each."""
        cls.talk = {"mail.message": [], "ir.attachment": [], "mail.activity": []}
        for record in records:
            record = record.sudo().with_context(tracking_disable=False)
            cls.talk["ir.attachment"].append(
                cls.env["ir.attachment"].create(
                    {
                        "name": f"{MARK}.txt",
                        "raw": MARK.encode(),
                        "res_model": record._name,
                        "res_id": record.id,
                    }
                )
            )
            cls.talk["mail.message"].append(record.message_post(body=f"{MARK} said"))
            record.message_subscribe(cls.customers["beihe"].ids)
            cls.talk["mail.activity"].append(
                record.activity_schedule(
                    "mail.mail_activity_data_todo",
                    summary=f"{MARK} to do",
                    user_id=cls.users["a"].id,
                )
            )
            if record._name == "crm.lead":
                record.activity_schedule(
                    "mail.mail_activity_data_call", summary=MARK, user_id=cls.users["a"].id
                ).action_feedback(f"{MARK} called")
        cls.talk = {
            name: cls.env[name].union(*rows).sudo() for name, rows in cls.talk.items()
        }

    # === ROWS BY SQL === #

    @classmethod
    def _not_null(cls, table):
        cls.env.cr.execute(
            "SELECT column_name FROM information_schema.columns"
            " WHERE table_name = %s AND is_nullable = 'NO' AND column_name <> 'id'"
            " AND column_default IS NULL",
            [table],
        )
        return {name for (name,) in cls.env.cr.fetchall()}

    @classmethod
    def _plant(cls, model_name, visible=None):
        """A row of a model that says the secret, or, ``visible``, that only names it by number.

        :param str visible: the many2one with which the row names a hidden record
        :return: the row, or an empty recordset if the database does not take one
        """
        model = cls.env[model_name].sudo()
        needed = cls._not_null(model._table)
        values = {}
        for name, field in model._fields.items():
            if field.store and field.column_type and name not in ("id", "create_uid", "write_uid"):
                value = cls._planted_value(model, field, name in needed, visible)
                if value is not None:
                    values[name] = value
        if model_name in PLANTED and (visible is None or model_name == "kpi.sheet"):
            values |= PLANTED[model_name](cls)
        query = SQL(
            "INSERT INTO %s (%s) VALUES (%s) RETURNING id",
            SQL.identifier(model._table),
            SQL(", ").join(map(SQL.identifier, values)),
            SQL(", ").join(SQL("%s", value) for value in values.values()),
        )
        savepoint = cls.env.cr.savepoint(flush=False)
        try:
            with mute_logger("odoo.sql_db"):
                [[row_id]] = cls.env.execute_query(query)
        except Exception as error:
            savepoint.close(rollback=True)
            cls.unplanted[model_name] = str(error).splitlines()[0]
            return model
        savepoint.close(rollback=False)
        return model.browse(row_id)

    @classmethod
    def _planted_value(cls, model, field, needed, visible):
        name, text = field.name, MARK if visible is None else "Visible"
        row = cls.env["confidentiality.model"]._protection().models.get(model._name)
        paths = (*row.paths, *row.sources) if row else ()
        if name in (LABEL, "x_confidentiality_label_id"):
            return cls.secret.id if visible is None else None
        if name == OWNER:
            return cls.users["a"].id if visible is None else None
        if name == "active":
            return True
        if name == "company_id":
            return cls.company.id
        if field.type == "many2one":
            if visible is None and name in paths or name == visible:
                return cls._hidden_id(field.comodel_name)
            return cls._some_id(field.comodel_name, visible) if needed else None
        if field.type == "many2one_reference" and visible is None and name in paths:
            return cls.documents["sale.order"][0].id
        if visible is None and any(
            model._fields[path].type == "many2one_reference"
            and model._fields[path].model_field == name
            for path in paths
        ):
            return "sale.order"
        return cls._plain_value(field, needed, visible, text)

    @classmethod
    def _plain_value(cls, field, needed, visible, text):
        if field.name.endswith("model"):
            return "res.partner" if needed else None
        if field.type in ("char", "text", "html"):
            if field.translate:
                return f'{{"en_US": "{text}"}}' if needed or visible is None else None
            return text if needed or visible is None else None
        if field.type in ("monetary", "float") and not field.company_dependent:
            return AMOUNT if visible is None else (1.0 if needed else None)
        if not needed:
            return None
        if field.type == "selection":
            return field.get_values(cls.env)[0]
        return {
            "boolean": False,
            "integer": 1,
            "many2one_reference": 1,
            "date": "2026-03-02",
            "datetime": "2026-03-02 01:00:00",
            "reference": f"res.partner,{cls.company.partner_id.id}",
        }.get(field.type, text)

    @classmethod
    def _hidden_id(cls, model_name):
        if model_name in cls.documents:
            return cls.documents[model_name][0].id
        if model_name not in cls.planted:
            cls.planted[model_name] = cls._plant(model_name)
        return cls.planted[model_name].id or None

    @classmethod
    def _some_id(cls, model_name, visible):
        if model_name == "res.users":
            return cls.users["a" if visible is None else "tm"].id
        if model_name == "res.currency":
            return cls.cny.id
        if model_name == "res.company":
            return cls.company.id
        if visible is None and model_name in cls.documents:
            return cls._hidden_id(model_name)
        if model_name == "res.partner":
            return cls.customers["beihe"].id
        if model_name == "product.product":
            return cls.product.id
        if model_name == "product.template":
            return cls.product.product_tmpl_id.id
        domain = [("company_id", "in", [False, cls.company.id])]
        comodel = cls.env[model_name].sudo().with_context(active_test=False)
        if "company_id" not in comodel._fields:
            domain = []
        if not comodel._fields.get("company_id") or not comodel._fields["company_id"].store:
            domain = []
        if visible is not None and model_name in cls.planted:
            domain = [*domain, ("id", "not in", cls.planted[model_name].ids)]
        if found := comodel.search(domain, limit=1, order="id"):
            return found.id
        if visible is not None:
            return (cls._plant(model_name, visible="").id or None) if comodel._auto else None
        return cls._hidden_id(model_name) if comodel._auto else None

    planted = {}
    unplanted = {}

    @classmethod
    def _plant_registered(cls):
        """``{model: hidden rows}`` of every registered model with a table or with rows."""
        cls.planted, cls.unplanted = {}, {}
        registry = cls.env["confidentiality.model"]._protection().models
        registry = [name for name in registry if name in cls.subjects]
        hidden = {name: rows for name, rows in cls.documents.items() if name in cls.subjects}
        for name in registry:
            model = cls.env[name].sudo()
            if name in hidden:
                continue
            if model._auto:
                hidden[name] = cls.planted.get(name) or cls._plant(name)
                cls.planted[name] = hidden[name]
        cls.env.invalidate_all()
        # Analyses have the rows that were planted above
        for name in registry:
            model = cls.env[name].sudo()
            if not model._auto:
                hidden[name] = model.search([]).filtered(lambda row: says(row.read()))
        return hidden

    # === QUESTIONS === #

    def answer(self, ask):
        """The answer to a question, or the text of the refusal."""
        savepoint = self.env.cr.savepoint()
        try:
            with mute_logger("odoo.addons.base.models.ir_rule", "odoo.sql_db"):
                return ask()
        except (UserError, ValueError, psycopg2.DataError, psycopg2.IntegrityError) as refusal:
            return str(refusal)
        finally:
            savepoint.close(rollback=True)
            self.env.invalidate_all()

    def assert_silent(self, what, ask):
        """Whatever comes back, an error included, says nothing of the secret."""
        answer = self.answer(ask)
        self.assertFalse(says(answer), f"{what}: {str(answer)[:600]}")
        return answer
