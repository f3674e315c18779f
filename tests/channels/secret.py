# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""Worlds that differ in one secret: whose it is, how it is labelled, what was made of it."""

from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from odoo import SUPERUSER_ID, Command, fields
from odoo.tests import new_test_user
from odoo.tools import SQL

from odoo.addons.sales_regulation.tests.common import PREFIX

from .world import AMOUNT, LABEL, MARK, RIGHTS, ChannelWorld

#: what the secret is called in the other of two worlds: it sorts as the first does
OTHER = MARK[:3] + "wort"
#: of the telephone, the digits that no mask shows, in both worlds
DIGITS = ("1111", "2222")
#: what may be made of the customer, each with what it needs
DOCUMENTS = {
    "contact": (),
    "lead": (),
    "order": (),
    "contract": ("order",),
    "invoice": ("order",),
    "payment": ("order", "invoice"),
    "meeting": ("lead",),
    "rating": ("order",),
    "talk": (),
}
#: what of a customer is beyond his base card
BEYOND = ("comment", "phone", "phone_sanitized", "email", "email_normalized", "website")
#: who asks, beside the owner of the secret and his team
ASKERS = ("t", "tm", "a", "b", "card", "listed", "portal")
TEAMS = ({"a", "b", "km"}, {"t", "tm"})
#: in the teams, who has signed and passed what a shared base card demands
QUALIFIED = {"a", "b", "km"}


@dataclass(frozen=True)
class Secret:
    owner: str
    #: confidential, secret, or a need-to-know list of that level
    level: str
    listed: bool
    members: frozenset
    documents: frozenset
    contacts: int
    #: labelled when everything is there, so that all of it has to follow
    late: bool
    quantity: int

    def blind(self):
        """Who asks and may see nothing of it."""
        if self.listed:
            return tuple(one for one in ASKERS if one not in self.members | {self.owner})
        near = self.near() | {self.owner, "card"}
        return tuple(one for one in ASKERS if one not in near)

    def cards(self):
        """Who asks and sees the base card of the customer only."""
        if self.listed:
            return ()
        return tuple(one for one in ASKERS if one == "card" or one in self.near())

    def near(self):
        """The owner's team, as far as the base card is shared with it."""
        [team] = [team for team in TEAMS if self.owner in team]
        return (team & QUALIFIED) - {self.owner}


@st.composite
def secrets(draw):
    documents = draw(st.sets(st.sampled_from(sorted(DOCUMENTS)), min_size=3))
    for document in sorted(documents):
        documents |= set(DOCUMENTS[document])
    listed = draw(st.booleans())
    members = draw(st.sets(st.sampled_from(("b", "km", "gm")), max_size=2)) if listed else ()
    return Secret(
        owner=draw(st.sampled_from(("a", "t"))),
        level=draw(st.sampled_from(("confidential", "secret"))),
        listed=listed,
        members=frozenset(members),
        documents=frozenset(documents),
        contacts=draw(st.integers(1, 3)),
        late=draw(st.booleans()),
        quantity=draw(st.integers(1, 40)),
    )


class SecretWorld(ChannelWorld):
    """A company without a secret, into which one is planted and taken out again.

    Mix into a TransactionCase and call ``_build_channels()`` in setUpClass.
    """

    @classmethod
    def _build_channels(cls):
        super()._build_channels()
        cls.users = {**cls.users}
        for login in ("card", "listed"):
            cls.users[login] = cls._asker(login, RIGHTS)
            cls._qualify(login)
        cls._grant("card", "customer", extent="card")
        nanfeng = cls.customers["nanfeng"]
        cls.users["portal"] = cls._asker(
            "portal", "base.group_portal", name=nanfeng.name, partner_id=nanfeng.id
        )
        cls._visible_list()
        cls._empty()
        cls.env.flush_all()

    @classmethod
    def _asker(cls, login, groups, **values):
        return new_test_user(
            cls.env,
            login=PREFIX + login,
            groups=groups,
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
            context={"no_reset_password": True, "mail_create_nosubscribe": True},
            **values,
        )

    @classmethod
    def _build_documents(cls):
        """What everybody sees who may see orders at all."""
        order = cls._order("t", "beihe", quantity=2)
        order.sudo().action_confirm()
        order.sudo()._create_invoices().action_post()
        cls._order("a", "nanfeng", quantity=3)
        for login, customer in (("t", "beihe"), ("a", "nanfeng")):
            cls.env["crm.lead"].create(
                {
                    "name": "Open lead",
                    "partner_id": cls.customers[customer].id,
                    "user_id": cls.users[login].id,
                }
            )
        cls.documents = {}

    @classmethod
    def _visible_list(cls):
        """Somebody is on a need-to-know list, and not on that of the secret."""
        dongfang = cls.customers["dongfang"]
        dongfang[LABEL] = cls._list("Project East", "listed", "a", "t", category="customer")

    @classmethod
    def _empty(cls):
        """The secret of the other tests is none of this company: only one that is planted is."""
        cls.customers["xinghai"].write(
            {"name": "Gone", "phone": False, "email": False, "street": False, "comment": False}
        )
        cls.env.flush_all()
        cls.env.cr.execute(
            "UPDATE res_partner SET company_id = %s WHERE id = %s",
            [
                cls.env["res.company"].search([("id", "!=", cls.company.id)], limit=1).id,
                cls.customers["xinghai"].id,
            ],
        )
        cls.env.invalidate_all()

    # === THE SECRET === #

    @contextmanager
    def planted(self, secret):
        """``{model: rows}`` of a secret that is there while the block runs."""
        savepoint = self.env.cr.savepoint()
        try:
            yield self.plant(secret)
        finally:
            self.env.transaction.clear()
            savepoint.close(rollback=True)
            for hooks in (self.env.cr.precommit, self.env.cr.postcommit):
                hooks.clear()
            self.env.invalidate_all(flush=False)
            self.env["confidentiality.category"]._clear_protection()

    def plant(self, secret):
        """Made by the owner, with the rights of the server: he may not see what he has made."""
        users = self.users
        env = self.env(user=users[secret.owner].id, su=True)
        customer = env["res.partner"].create(
            {
                "name": f"{MARK} Holdings",
                "is_company": True,
                "phone": f"9876 {DIGITS[0]} 5432",
                "email": f"lin@{MARK.lower()}.example.com",
                "street": f"{MARK} Road",
                "comment": f"{MARK} comment",
                "company_id": self.company.id,
                "user_id": users[secret.owner].id,
            }
        )
        label = self.label_of(secret)
        if not secret.late:
            customer.with_user(SUPERUSER_ID)[LABEL] = label
        rows = {"res.partner": customer}
        for document in DOCUMENTS:
            if document in secret.documents:
                getattr(self, f"make_{document}")(secret, rows)
        if secret.late:
            customer.with_user(SUPERUSER_ID)[LABEL] = label
        self.env.flush_all()
        self.env.invalidate_all()
        return {name: record.with_env(self.env) for name, record in rows.items()}

    def label_of(self, secret):
        if not secret.listed:
            return self._label(secret.level, "customer")
        return self._list("Project", *secret.members, level=secret.level, category="customer")

    def make_contact(self, secret, rows):
        rows["res.partner"] += rows["res.partner"].create(
            [
                {"name": f"{MARK} Lin {number}", "parent_id": rows["res.partner"].id}
                for number in range(secret.contacts)
            ]
        )

    def make_lead(self, secret, rows):
        rows["crm.lead"] = (
            rows["res.partner"]
            .env["crm.lead"]
            .create(
                {
                    "name": f"{MARK} project",
                    "partner_id": rows["res.partner"][0].id,
                    "user_id": self.users[secret.owner].id,
                    "expected_revenue": AMOUNT,
                    "type": "opportunity",
                }
            )
        )

    def make_order(self, secret, rows):
        order = (
            rows["res.partner"]
            .env["sale.order"]
            .create(
                {
                    "partner_id": rows["res.partner"][0].id,
                    "user_id": self.users[secret.owner].id,
                    "client_order_ref": f"{MARK} ref",
                    "note": f"{MARK} note",
                    "order_line": [
                        Command.create(
                            {
                                "product_id": self.product.id,
                                "name": f"{MARK} chip",
                                "product_uom_qty": secret.quantity,
                                "price_unit": AMOUNT,
                            }
                        )
                    ],
                }
            )
        )
        if "contract" not in secret.documents:
            order.action_confirm()
        rows["sale.order"], rows["sale.order.line"] = order, order.order_line

    def make_contract(self, secret, rows):
        order = rows["sale.order"]
        contract = order.env["sales.contract"].browse(order.action_create_contract()["res_id"])
        rows["sales.contract"], rows["sales.contract.line"] = contract, contract.line_ids
        order.action_confirm()

    def make_invoice(self, secret, rows):
        invoice = rows["sale.order"]._create_invoices()
        invoice.ref = f"{MARK} invoice"
        invoice.action_post()
        rows["account.move"], rows["account.move.line"] = invoice, invoice.line_ids

    def make_payment(self, secret, rows):
        invoice = rows["account.move"]
        rows["account.payment"] = (
            invoice.env["account.payment.register"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"communication": f"{MARK} paid", "amount": AMOUNT})
            ._create_payments()
        )

    def make_meeting(self, secret, rows):
        lead = rows["crm.lead"]
        rows["calendar.event"] = lead.env["calendar.event"].create(
            {
                "name": f"{MARK} meeting",
                "opportunity_id": lead.id,
                "start": fields.Datetime.now(),
                "stop": fields.Datetime.now() + timedelta(hours=1),
                "user_id": self.users[secret.owner].id,
                "partner_ids": [Command.set(self.users[secret.owner].partner_id.ids)],
            }
        )

    def make_rating(self, secret, rows):
        order = rows["sale.order"]
        rows["rating.rating"] = order.env["rating.rating"].create(
            {
                "res_model_id": order.env["ir.model"]._get_id("sale.order"),
                "res_id": order.id,
                "partner_id": order.partner_id.id,
                "feedback": f"{MARK} feedback",
                "rating": 5,
                "consumed": True,
            }
        )

    def make_talk(self, secret, rows):
        """Chatter, files and tasks on everything that has a chatter."""
        told = {"mail.message": [], "ir.attachment": [], "mail.activity": []}
        for name in ("res.partner", "crm.lead", "sale.order", "account.move", "sales.contract"):
            for record in rows.get(name, [])[:1]:
                told["ir.attachment"].append(
                    record.env["ir.attachment"].create(
                        {
                            "name": f"{MARK}.txt",
                            "raw": MARK.encode(),
                            "res_model": name,
                            "res_id": record.id,
                        }
                    )
                )
                told["mail.message"].append(record.message_post(body=f"{MARK} said"))
                told["mail.activity"].append(
                    record.activity_schedule(
                        "mail.mail_activity_data_todo",
                        summary=f"{MARK} to do",
                        user_id=self.users[secret.owner].id,
                    )
                )
        rows.update({name: self.env[name].union(*records) for name, records in told.items()})

    # === ANOTHER SECRET === #

    def alter(self, rows):
        """The same records say something else, beyond what the base card of the customer says."""
        for name, records in rows.items():
            columns = {
                field.name: field
                for field in records._fields.values()
                if field.store and field.column_type and not field.company_dependent
            }
            texts = [
                column
                for column, field in columns.items()
                if field.type in ("char", "text", "html")
                and not field.translate
                and (name != "res.partner" or column in BEYOND)
            ]
            numbers = [
                column
                for column, field in columns.items()
                if field.type == "monetary" or column == "price_unit"
            ]
            self.change(records, texts, numbers)

    def rename(self, rows):
        """... and the customer has another name and another street."""
        partners = rows["res.partner"]
        texts = [
            field.name
            for field in partners._fields.values()
            if field.store
            and field.column_type
            and field.type in ("char", "text")
            and not (field.company_dependent or field.translate)
        ]
        self.change(partners, texts, ())

    def change(self, records, texts, numbers):
        pairs = ((MARK, OTHER), (MARK.lower(), OTHER.lower()), DIGITS)
        values = []
        for column in texts:
            said = SQL.identifier(column)
            for old, new in pairs:
                said = SQL("replace(%s, %s, %s)", said, old, new)
            values.append(SQL("%s = %s", SQL.identifier(column), said))
        for column in numbers:
            column = SQL.identifier(column)
            values.append(SQL("%s = %s * 1.5", column, column))
        if values and records:
            self.env.flush_all()
            self.env.cr.execute(
                SQL(
                    "UPDATE %s SET %s WHERE id IN %s",
                    SQL.identifier(records._table),
                    SQL(", ").join(values),
                    records._ids,
                )
            )
        self.env.invalidate_all()
