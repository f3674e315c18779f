# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import date

from odoo import Command

from odoo.addons.sales_regulation.tests.common import RegulationCommon

#: {login: {category: (level, extent)}}, as the table of the storyline says
CLEARED = {
    "gm": {"customer": "full", "contract": "full", "cost": "full", "credit": "full"},
    "dgm": {"customer": "full", "contract": "full", "cost": "full", "credit": "full"},
    "rm": {"customer": "full", "contract": "full", "cost": "full", "credit": "full"},
    "km": {"customer": "full", "contract": "full", "cost": "full", "credit": "full"},
    "fin": {"customer": "card", "contract": "full", "credit": "full"},
    "leg": {"customer": "card", "contract": "full"},
    "aud": {"customer": "card", "contract": "full"},
    "wh": {"customer": "card"},
    "clk": {"customer": "card"},
}
#: whose grants say that he may export
EXPORTERS = frozenset({"gm", "dgm", "rm", "km", "fin", "aud"})
#: what a company activates that protects its products and price lists, as far as it is there
PRODUCTS = (
    "product.template",
    "product.pricelist",
    "product.pricelist.item",
    "product.document",
    "product.template.attribute.line",
    "product.template.attribute.value",
    "product.template.attribute.exclusion",
    "product.supplierinfo",
    "product.combo.item",
    "product.uom",
    "product.value",
    "stock.lot",
    "stock.warehouse.orderpoint",
    "sale.order.template.line",
    "loyalty.reward",
)
QUALIFIED = {*CLEARED, "a", "b"}
ENFORCED = ("customer", "contract")


class ConfidentialWorld:
    """Xinghai is confidential, and whoever the storyline clears is cleared."""

    enforced = ENFORCED
    cleared = CLEARED

    @classmethod
    def _build_secrets(cls):
        cls.officer = cls.users["gm"]
        cls.officer.group_ids |= cls.env.ref("sales_confidentiality.group_confidentiality_officer")
        for login in sorted(QUALIFIED):
            cls._qualify(login)
        for login, categories in cls.cleared.items():
            for category, extent in categories.items():
                cls._grant(login, category, extent=extent, may_export=login in EXPORTERS)
        cls.xinghai = cls.customers["xinghai"]
        cls.xinghai.write({"user_id": cls.users["a"].id, "email": "lin@xinghai.example.com"})
        cls.xinghai.confidentiality_label_id = cls._label("confidential", "customer")
        for code in cls.enforced:
            cls.env.ref(f"sales_confidentiality.category_{code}").mode = "enforce"
        cls.env.flush_all()

    @classmethod
    def _qualify(cls, login):
        return cls.env["regulation.qualification"].create(
            [
                {
                    "name": kind,
                    "kind": kind,
                    "user_id": cls.users[login].id,
                    "company_id": cls.company.id,
                    "date": date(2020, 1, 1),
                }
                for kind in ("nda", "exam")
            ]
        )

    @classmethod
    def _grant(cls, login, category, level="secret", extent="full", **values):
        return cls.env["confidentiality.grant"].create(
            {
                "user_id": cls.users[login].id,
                "category_id": cls.env.ref(f"sales_confidentiality.category_{category}").id,
                "level_id": cls.env.ref(f"sales_confidentiality.level_{level}").id,
                "extent": extent,
                "date_from": date(2020, 1, 1),
                **values,
            }
        )

    @classmethod
    def _label(cls, level, category):
        return cls.env["confidentiality.label"]._get(
            cls.env.ref(f"sales_confidentiality.level_{level}"),
            cls.env.ref(f"sales_confidentiality.category_{category}"),
        )

    @classmethod
    def _list(cls, name, *logins, level="secret", category="contract"):
        return cls.env["confidentiality.label"].create(
            {
                "name": name,
                "level_id": cls.env.ref(f"sales_confidentiality.level_{level}").id,
                "category_id": cls.env.ref(f"sales_confidentiality.category_{category}").id,
                "is_compartment": True,
                "member_ids": [
                    Command.create({"user_id": cls.users[login].id, "date_from": date(2020, 1, 1)})
                    for login in logins
                ],
            }
        )


class ConfidentialityCommon(ConfidentialWorld, RegulationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_secrets()

    def logged(self, channel, *outcomes):
        """The rows of the access log that this transaction would leave behind."""
        with self.enter_registry_test_mode():
            self.cr.postrollback.run()
        self.cr.postcommit.clear()
        self.env.invalidate_all()
        domain = [("channel", "=", channel), ("outcome", "in", outcomes)]
        return self.env["confidentiality.log"].search(domain)

    def sees(self, login, record, field="id"):
        """Whether a search as that person finds the record."""
        model = record.env[record._name].with_user(self.users[login])
        return bool(model.search_count([("id", "in", record.ids)]))
