# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import datetime, timedelta

import pytz
from freezegun import freeze_time

from odoo import Command, fields

from odoo.addons.sales_regulation.tests.common import RegulationCommon
from odoo.addons.sales_regulation.tools import engine

SHANGHAI = pytz.timezone("Asia/Shanghai")


class KpiCommon(RegulationCommon):
    """The company of the tests under a regulation with a score scheme, in March 2026.

    A and B are key-account representatives under KM, T a telemarketer under TM. HR computes.
    """

    #: (indicator, values of the line)
    scheme_lines = (
        ("sales_amount", {"weight": 50}),
        ("new_customers", {"weight": 30}),
        ("satisfaction", {"weight": 20, "target_source": "none"}),
    )
    scheme_values = {}
    #: working days to appeal; 0: scores are locked as soon as they are computed
    appeal_days = 0

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        clock = freeze_time("2026-03-02 01:00:00")
        cls._frozen = clock.start()
        cls.addClassCleanup(clock.stop)
        cls.profile = cls._scored_profile()
        cls.profile.with_user(cls.users["gm"])._publish("active")

    def prepare(self):
        """What every test of the class begins with: done once, before the first of them."""

    def setUp(self):
        cls = type(self)
        if "_prepared" not in vars(cls):
            once = cls(self._testMethodName)
            once.prepare()
            once.doCleanups()
            self.env.flush_all()
            self.env.cr.precommit.clear()
            cls._prepared = {
                name: value for name, value in vars(once).items() if name not in vars(self)
            }
            cls._prepared_at = self._frozen()
        super().setUp()
        vars(self).update(self._prepared)
        self._frozen.move_to(self._prepared_at)

    @classmethod
    def _scored_profile(cls, **values):
        profile = cls._profile(publish=False, **{"appeal_days": cls.appeal_days, **values})
        cls.scheme = cls._scheme(profile, cls.scheme_lines, **cls.scheme_values)
        return profile

    @classmethod
    def _scheme(cls, profile, lines, **values):
        return cls.env["kpi.scheme"].create(
            {
                "name": "Representatives",
                "profile_id": profile.id,
                "role_id": cls.roles["ka_rep"].id,
                "line_ids": [
                    Command.create({"indicator_id": cls._indicator(code).id, **line})
                    for code, line in lines
                ],
                **values,
            }
        )

    @classmethod
    def _indicator(cls, code):
        return cls.env.ref(f"sales_kpi.indicator_{code}")

    # === TIME === #

    def at(self, moment):
        """It is this wall clock time in Shanghai now."""
        local = SHANGHAI.localize(datetime.fromisoformat(moment))
        self._frozen.move_to(local.astimezone(pytz.utc).replace(tzinfo=None))

    # === FACTS === #

    def sell(self, login="a", amount=1000.0, at="2026-03-10 10:00", **values):
        """An order over one piece at ``amount`` untaxed, confirmed at that moment."""
        self.at(at)
        order = self._order(login, price=amount, **values)
        order.action_confirm()
        return order

    def bill(self, order, date):
        """The posted invoice of an order."""
        invoice = order.sudo()._create_invoices()
        invoice.invoice_date = date
        invoice.action_post()
        return invoice

    def refund(self, invoice, date):
        """A credit note over the whole invoice."""
        wizard = (
            self.env["account.move.reversal"]
            .with_context(active_model="account.move", active_ids=invoice.ids)
            .create({"date": date, "journal_id": invoice.journal_id.id})
        )
        note = self.env["account.move"].browse(wizard.reverse_moves()["res_id"])
        note.invoice_date = date
        note.action_post()
        return note

    def target(self, login, code, amount, day="2026-03-01", **values):
        return (
            self.env["kpi.target"]
            .with_user(self.users["hr"])
            .create(
                {
                    "indicator_id": self._indicator(code).id,
                    "user_id": self.users[login].id,
                    "day": fields.Date.to_date(day),
                    "amount": amount,
                    "company_id": self.company.id,
                    **values,
                }
            )
        )

    def contacts(self, login, moment, number, channel="call", interested=False):
        """So many signed contacts, in one row."""
        self.at(moment)
        contact = engine(self.env["sales.contact"]).create(
            {
                "user_id": self.users[login].id,
                "partner_id": self.customers["xinghai"].id,
                "company_id": self.company.id,
            }
        )
        self.env.flush_all()
        local = datetime.fromisoformat(moment) - timedelta(hours=8)
        self.env.cr.execute(
            "UPDATE sales_contact SET quantity = %s, state = 'handed_in', happened_at = %s,"
            " signed_at = %s, channel = %s, interested = %s WHERE id = %s",
            [number, local, local, channel, interested, contact.id],
        )
        self.env.invalidate_all()

    # === SCORES === #

    def cycle(self, day="2026-03-31", at="2026-04-01 09:00", **values):
        """HR's cycle, computed."""
        self.at(at)
        cycle = (
            self.env["kpi.cycle"]
            .with_user(self.users["hr"])
            .create({"day": day, "company_id": self.company.id, **values})
        )
        cycle.action_compute()
        return cycle

    def sheet(self, cycle, login="a"):
        return cycle.sudo().sheet_ids.filtered(lambda sheet: sheet.user_id == self.users[login])

    def line(self, cycle, code, login="a"):
        return self.sheet(cycle, login).line_ids.filtered(
            lambda line: line.indicator_id.code == code
        )
