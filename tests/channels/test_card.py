# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import json

from odoo.fields import Domain
from odoo.tests import HttpCase, TransactionCase, tagged
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tests.common import PREFIX

from .open import BY_MODEL
from .world import ChannelWorld

#: in every text of the customer that is beyond his base card
SEALED = "Zqxsealed"
PHONE = "+86 755 8642 9753"
SEALS = (SEALED.lower(), "86429753", "8642 9753", "8642-9753")
#: rows of a model that are read with all their fields
ROWS = 12
TEXTS = ("char", "text", "html")
#: what a dialog may be opened on
ABOUT = {
    "res_model": "res.partner",
    "model": "res.partner",
    "composition_mode": "comment",
}


def tells(answer):
    """Whether an answer tells something that the base card does not show."""
    text = repr(answer).lower()
    return any(seal in text for seal in SEALS)


class CardWorld(ChannelWorld):
    """The same secret, asked by who holds the customer's base card and every right of Odoo."""

    @classmethod
    def _build_channels(cls):
        super()._build_channels()
        cls.partner = cls.documents["res.partner"][0].with_context(tracking_disable=False)
        cls.holder = cls.outsider
        cls._qualify("tm")
        cls._grant("tm", "customer", extent="card", may_export=True)
        for email in (f"old@{SEALED.lower()}.example.com", f"lin@{SEALED.lower()}.example.com"):
            cls.partner.write(
                {
                    "phone": PHONE,
                    "email": email,
                    "website": f"https://{SEALED.lower()}.example.com",
                    "comment": f"{SEALED} comment",
                    "country_id": cls.env.ref("base.cn").id,
                }
            )
            cls.env.flush_all()
            cls.env.cr.flush()
        cls.said = cls.partner.message_post(body=f"{SEALED} said")
        cls.file = cls.env["ir.attachment"].create(
            {
                "name": f"{SEALED}.txt",
                "raw": SEALED.encode(),
                "res_model": "res.partner",
                "res_id": cls.partner.id,
            }
        )
        cls.partner.activity_schedule(
            "mail.mail_activity_data_todo", summary=f"{SEALED} to do", user_id=cls.users["a"].id
        )
        cls.partner.message_subscribe(cls.partner.ids)
        cls.env.flush_all()

    def theirs(self, name):
        return self.env[name].with_user(self.holder).with_context(active_test=False)

    def answer(self, ask):
        """Whatever an invented question ends in, the text of an error of Odoo's own included."""
        try:
            return super().answer(ask)
        except Exception as error:
            return str(error)


@tagged("post_install", "-at_install")
class TestCardHolder(CardWorld, TransactionCase):
    """The base card is name, language and address: nothing else comes out by any channel (C51)."""

    #: the models that are looked at; none: all
    only = ()

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_channels()

    def models(self, transient=False):
        for name, model in sorted(self.env.registry.items()):
            if model._abstract or bool(model._transient) != transient:
                continue
            if self.only and name not in self.only:
                continue
            excused = BY_MODEL.get(name)
            if not (excused and excused.tells) and self.theirs(name).has_access("read"):
                yield name, self.theirs(name)

    def readable(self, model, *types):
        return [
            name
            for name, field in model._fields.items()
            if field.type not in ("binary", "properties", "properties_definition")
            and (not types or field.type in types)
            and model._has_field_access(field, "read")
        ]

    def test_the_card_is_shown(self):
        """What the tests below would not see, if the holder saw nothing at all."""
        [row] = self.theirs("res.partner").browse(self.partner.id).read(["name", "phone", "street"])
        self.assertEqual((row["name"], row["street"]), (self.partner.name, self.partner.street))
        self.assertEqual(row["phone"], "+86****9753")
        owner = self.partner.with_user(self.users["a"])
        self.assertTrue(tells(owner.read(["phone"])) and tells(owner.message_ids.read(["body"])))

    def test_rows(self):
        """The newest rows of every model with all their fields."""
        told = {}
        for name, model in self.models():
            order = "id desc" if model._auto else None
            rows = self.answer(lambda m=model, o=order: m.search([], limit=ROWS, order=o).ids)
            rows = model.browse(rows if isinstance(rows, list) else ())
            if name == "res.partner":
                rows |= rows.browse(self.documents["res.partner"].ids)
            fields = self.readable(model)
            values = self.answer(lambda r=rows, f=fields: r.read(f))
            if not isinstance(values, list):
                values = [{f: self.answer(lambda r=rows, f=f: r.read([f]))} for f in fields]
            if found := {f for row in values for f, value in row.items() if tells(value)}:
                told[name] = sorted(found)
        self.assertFalse(told)

    def naming(self, model):
        """The rows of a model that name the customer, as a condition."""
        if model._name == "res.partner":
            return Domain("id", "=", self.partner.id)
        return Domain.OR(
            Domain(name, "=", self.partner.id)
            for name, field in model._fields.items()
            if field.type == "many2one"
            and field.comodel_name == "res.partner"
            and field.store
            and model._has_field_access(field, "read")
        )

    def test_groups(self):
        """Grouped by a text, or gathered in a group: of columns and of what a row repeats."""
        told = {}
        for name, model in self.models():
            domain = self.naming(model)
            if domain.is_false():
                continue
            for field_name in self.readable(model, *TEXTS):
                if not model._fields[field_name]._description_groupable(self.env):
                    continue
                for groups, sums in (
                    ([field_name], ["__count"]),
                    ([], [f"{field_name}:array_agg", f"{field_name}:max"]),
                ):
                    answer = self.answer(
                        lambda m=model, d=domain, g=groups, s=sums: m.formatted_read_group(d, g, s)
                    )
                    if tells(answer):
                        told.setdefault(name, set()).add(field_name)
        self.assertFalse(told)

    def test_conditions(self):
        """A condition on what is masked, on its own model and through whatever leads to it."""
        partners = self.theirs("res.partner")
        mine = Domain("id", "=", self.partner.id)
        for condition in (
            Domain("phone", "ilike", "9753"),
            Domain("phone_mobile_search", "ilike", "9753"),
            Domain("email", "ilike", SEALED),
            Domain("comment", "ilike", SEALED),
            Domain("message_ids.body", "ilike", SEALED),
            Domain("activity_ids.summary", "ilike", SEALED),
            Domain("activity_summary", "ilike", SEALED),
            Domain("child_ids.parent_id.email", "ilike", SEALED),
        ):
            found = self.answer(lambda c=condition: partners.search_count(mine & c))
            self.assertFalse(isinstance(found, int) and found, condition)
        hit = {}
        for name, model in self.models():
            for field_name in self.readable(model, *TEXTS):
                field = model._fields[field_name]
                if field.related and field._description_searchable and not field.store:
                    found = self.answer(
                        lambda m=model, f=field_name: m.search_count([(f, "ilike", SEALED)])
                    )
                    if isinstance(found, int) and found:
                        hit.setdefault(name, []).append(field_name)
        self.assertFalse(hit)

    def test_dialogs(self):
        """Every dialog opened on the customer, with all that it computes."""
        told = {}
        for name, _model in self.models(transient=True):
            model = self.theirs(name).with_context(
                active_model="res.partner", active_id=self.partner.id, active_ids=self.partner.ids
            )
            values = {key: value for key, value in ABOUT.items() if key in model._fields}
            for key, field in model._fields.items():
                if field.type == "many2one" and field.comodel_name == "res.partner" and field.store:
                    values[key] = self.partner.id
                if field.type == "many2many" and field.comodel_name == "res.partner" and field.store:
                    values[key] = [(6, 0, self.partner.ids)]
                if key in ("res_id", "res_ids"):
                    values[key] = self.partner.id if field.type != "char" else str(self.partner.ids)
            for mode in ({}, {"composition_mode": "mass"}) if "composition_mode" in values else ({},):
                answer = self.answer(
                    lambda m=model, v={**values, **mode}: m.create(v).read(self.readable(m))
                )
                if tells(answer):
                    told[name] = str(answer)[:300]
            spec = {key: {} for key in self.readable(model)}
            answer = self.answer(lambda m=model, v=values, s=spec: m.onchange(v, list(v), s))
            if tells(answer):
                told[f"{name} (form)"] = str(answer)[:300]
        self.assertFalse(told)

    def test_forms(self):
        """The customer typed into the form of any document: what it computes from him."""
        told = {}
        for name, model in self.models():
            if not model.has_access("create"):
                continue
            spec = {key: {} for key in self.readable(model, *TEXTS, "monetary", "float")}
            for key, field in model._fields.items():
                if field.type != "many2one" or field.comodel_name != "res.partner" or field.readonly:
                    continue
                answer = self.answer(
                    lambda m=model, k=key, s=spec: m.onchange({k: self.partner.id}, [k], s)
                )
                if tells(answer):
                    told[f"{name}.{key}"] = str(answer)[:300]
        self.assertFalse(told)

    def test_written(self):
        """A row of his own that names the customer copies nothing of him."""
        told = {}
        for name, model in self.models():
            if not model.has_access("create") or not model._auto or name == "res.partner":
                continue
            for key, field in model._fields.items():
                if field.type != "many2one" or field.comodel_name != "res.partner":
                    continue
                if not field.store or field.readonly or field.related:
                    continue

                def write(model=model, key=key):
                    values = model.default_get(list(model._fields)) | {key: self.partner.id}
                    for other, each in model._fields.items():
                        if each.required and each.type in TEXTS and not values.get(other):
                            values[other] = "His own"
                    row = model.create(values)
                    self.env.flush_all()
                    return row.read(self.readable(model))

                if tells(self.answer(write)):
                    told[f"{name}.{key}"] = True
        self.assertFalse(told)

    def test_a_hole_is_found(self):
        """A planted hole: everybody reads everything in full."""
        self.patch(
            self.env.registry["confidentiality.masked"], "_legible", lambda records, access: records
        )
        for test, name in ((self.test_rows, "res.partner"), (self.test_dialogs, "sms.composer")):
            self.only = (name,)
            with self.assertRaises(AssertionError):
                test()


@tagged("post_install", "-at_install")
class TestCardHttp(CardWorld, HttpCase):
    """What the server answers to the holder of a base card who types addresses."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_channels()

    def setUp(self):
        super().setUp()
        self.authenticate(PREFIX + "tm", PREFIX + "tm")

    def rpc(self, route, **params):
        return self.url_open(
            route,
            data=json.dumps({"jsonrpc": "2.0", "method": "call", "params": params}),
            headers={"Content-Type": "application/json"},
            timeout=60,
        ).text

    def asked(self):
        """``{what: answer}`` of the routes that tell something of a contact."""
        about = {"thread_model": "res.partner", "thread_id": self.partner.id}
        data = ["mail.thread", {**about, "request_list": ["activities", "attachments", "followers",
                                                          "suggestedRecipients", "contact_fields"]}]
        answers = {
            route: self.rpc(route, **params)
            for route, params in (
                ("/mail/thread/messages", about),
                ("/mail/data", {"fetch_params": [data, "systray_get_activities"]}),
                ("/mail/thread/recipients", about),
                ("/mail/thread/recipients/get_suggested_recipients",
                 {**about, "partner_ids": self.partner.ids}),
                ("/mail/message/translate", {"message_id": self.said.id}),
            )
        }
        for model, method, args in (
            ("res.partner", "get_mention_suggestions", [self.partner.name]),
            ("res.partner", "search_for_channel_invite", [self.partner.name]),
            ("res.partner", "web_read", [self.partner.ids, {"email": {}, "phone": {}, "comment": {}}]),
            ("res.partner", "message_get_followers", [self.partner.ids]),
            ("res.partner", "name_search", [self.partner.name]),
        ):
            answers[method] = self.rpc(
                f"/web/dataset/call_kw/{model}/{method}",
                model=model, method=method, args=args, kwargs={},
            )
        for url in (
            f"/web/partner/vcard?partner_ids={self.partner.id}",
            f"/web/content/{self.file.id}",
            f"/web/content/res.partner/{self.partner.id}/comment",
            f"/mail/view?model=res.partner&res_id={self.partner.id}",
        ):
            answers[url] = self.url_open(url, allow_redirects=False, timeout=60).text
        return answers

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_routes(self):
        told = {what: answer[:600] for what, answer in self.asked().items() if tells(answer)}
        self.assertFalse(told)

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_the_owner_gets_them(self):
        """The same routes tell the owner: what is masked above is there."""
        self.authenticate(PREFIX + "a", PREFIX + "a")
        told = {what for what, answer in self.asked().items() if tells(answer)}
        self.assertLessEqual(
            {"/mail/thread/messages", "/mail/data", "/mail/thread/recipients", "web_read",
             f"/web/content/{self.file.id}"},
            told,
        )
