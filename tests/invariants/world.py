# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The company in which the generated sequences act, and the only door by which they act."""

import psycopg2

from odoo import Command, api
from odoo.exceptions import UserError
from odoo.service.model import call_kw

from odoo.addons.sales_regulation.tests.common import RegulationCompany
from odoo.addons.sales_regulation.tools import engine

#: gates that hold in the company of the sequences
GATES = (
    "price_authority",
    "order_review",
    "order_change",
    "credit",
    "payment_before_shipment",
    "dispatch_notice",
)
#: how far below the list price a person may go himself, in %
AUTHORITY = {"km": 5.0, "tm": 5.0, "dgm": 15.0, "gm": 100.0}
LIMIT_OF_NANFENG = 50_000.0


class World(RegulationCompany):
    """Mixed into the test class; built once, then every sequence is rolled back."""

    gates = GATES
    #: gates in another mode than enforced: ``{code: mode}``
    modes = {}

    @classmethod
    def _settings(cls):
        """Settings of the regulation in which a class of tests differs from the composite one."""
        return {}

    @classmethod
    def _build_world(cls):
        cls._build_company()
        cls.bank = cls.env["account.journal"].search(
            [("company_id", "=", cls.company.id), ("type", "=", "bank")], limit=1
        )
        cls.cheap = cls.env["product.pricelist"].create(
            {
                "name": "Cheap",
                "company_id": cls.company.id,
                "item_ids": [
                    Command.create(
                        {
                            "compute_price": "percentage",
                            "percent_price": 60,
                            "applied_on": "3_global",
                        }
                    )
                ],
            }
        )
        cls.gift = cls.env["product.product"].create(
            {
                "name": "Small part",
                "type": "consu",
                "is_storable": True,
                "list_price": 1.0,
                "taxes_id": [Command.set(cls.vat.ids)],
                "company_id": cls.company.id,
            }
        )
        cls._stock(cls.gift, 100_000)
        cls.company.sale_discount_product_id = cls.env["product.product"].create(
            {"name": "Discount", "type": "service", "list_price": 0, "taxes_id": False}
        )
        cls.package = cls.env["product.product"].create(
            {"name": "Package", "type": "service", "list_price": 0, "taxes_id": False}
        )
        cls.customer_location = cls.env.ref("stock.stock_location_customers")
        cls.carrier = cls.env["delivery.carrier"].create(
            {
                "name": "SF Express",
                "delivery_type": "fixed",
                "company_id": cls.company.id,
                "product_id": cls.env["product.product"]
                .create({"name": "Freight", "type": "service", "list_price": 0})
                .id,
            }
        )
        for customer in cls.customers.values():
            cls.env["res.partner"].create(
                {"name": f"Buyer of {customer.name}", "parent_id": customer.id, "phone": "1"}
            )
        engine(cls.customers["nanfeng"].with_company(cls.company)).credit_limit = LIMIT_OF_NANFENG
        cls.profile = cls._publish()
        cls.env.flush_all()

    @classmethod
    def _publish(cls):
        template = cls.env["regulation.profile"].search(
            [("code", "=", "COMPOSITE-DEMO"), ("is_template", "=", True)], limit=1
        )
        profile = template.copy(
            {
                "version": "1.0",
                "date_from": "2020-01-01",
                "dispatch_need_contact": False,
                "dispatch_ship_role_ids": False,
                "assignment_ids": [Command.create({"company_id": cls.company.id})],
                **cls._settings(),
            }
        )
        for gate in cls.env["regulation.gate"].search([]):
            line = profile.gate_ids.filtered(lambda line, gate=gate: line.gate_id == gate)
            mode = cls.modes.get(gate.code, "enforce" if gate.code in cls.gates else "off")
            if line:
                line.mode = mode
            else:
                profile.gate_ids = [Command.create({"gate_id": gate.id, "mode": mode})]
        # Two, so that half of a review can be missing; each is a call in each sequence
        profile.checklist_item_ids.filtered(lambda item: item.kind == "order_review").unlink()
        profile.checklist_item_ids = [
            Command.create({"kind": "order_review", "code": code, "name": code.capitalize()})
            for code in ("legality", "validity")
        ]
        profile.with_user(cls.users["gm"]).action_publish()
        return profile

    # === THE DOOR === #

    def rpc(self, login, model, method, *args, **kwargs):
        """Call as a client does: own rights, own transaction (a savepoint), all or nothing.

        :return: ``(result, None)`` or ``(None, error)``; anything but a proper refusal is
            a failure of the test
        """
        cr = self.env.cr
        # A request begins without environments, and Odoo looks among all at every sudo()
        cr.transaction.envs.data = type(cr.transaction.envs.data)()
        env = api.Environment(cr, self.users[login].id, {})
        self.actor = self.users[login].id
        savepoint = cr.savepoint(flush=False)
        try:
            result = call_kw(env[model], method, list(args), kwargs)
            env.flush_all()
            cr.precommit.run()
            env.flush_all()
        except (UserError, psycopg2.errors.IntegrityError, psycopg2.errors.DataError) as refusal:
            cr.precommit.clear()
            cr.postcommit.clear()
            cr.postrollback.clear()
            savepoint.rollback()
            savepoint.close(rollback=False)
            env.transaction.clear()
            return None, refusal
        except BaseException:
            cr.precommit.clear()
            cr.postcommit.clear()
            cr.postrollback.clear()
            savepoint.close(rollback=True)
            env.transaction.clear()
            raise
        savepoint.close(rollback=False)
        cr.postcommit.clear()
        cr.postrollback.clear()
        env.transaction.clear()
        return result, None

    def rows(self, query, *params):
        """Rows of a query of the test's own: nothing of the product computes them."""
        self.env.cr.execute(query, params)
        return self.env.cr.fetchall()
