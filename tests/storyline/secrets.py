# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The people of the storyline's table of confidentiality, and what it says of them."""

import unittest
from contextlib import contextmanager
from unittest.mock import patch

from odoo.fields import Command
from odoo.tests import new_test_user
from odoo.tests.test_cursor import TestCursor

from odoo.addons.sales_regulation.tests.common import PREFIX
from odoo.addons.sales_regulation.tools import engine

try:
    from odoo.addons.sales_confidentiality.models.log import confidentiality_log
    from odoo.addons.sales_confidentiality.tests.common import EXPORTERS, ConfidentialWorld
except ImportError:
    EXPORTERS, ConfidentialWorld = frozenset(), object

OFFICER = "sales_confidentiality.group_confidentiality_officer"
#: who is in the table beside the people of the company: {login: (name, groups)}
BESIDE = {
    "tec": ("TEC Luo", "sales_regulation.group_regulation_user"),
    "off": (
        "OFF Tang",
        f"sales_team.group_sale_salesman_all_leads,sales_regulation.group_regulation_manager,{OFFICER}",
    ),
}
#: the columns of the table; the dossier goes with the phone, tier with the name
CELLS = ("search", "phone", "dossier", "contract", "report", "cost", "export")
_YES, _NO = True, False
#: every row of the table
TABLE = {
    login: dict(zip(CELLS, row, strict=True))
    for login, row in {
        "a": (_YES, _YES, _YES, _YES, _YES, _NO, _NO),
        "b": (_YES, _NO, _NO, _NO, _NO, _NO, _NO),
        "t": (_NO, _NO, _NO, _NO, _NO, _NO, _NO),
        "km": (_YES, _YES, _YES, _YES, _YES, _YES, _YES),
        "leg": (_YES, _NO, _NO, _YES, _NO, _NO, _NO),
        "fin": (_YES, _NO, _NO, _YES, _YES, _NO, _YES),
        "wh": (_YES, _NO, _NO, _NO, _NO, _NO, _NO),
        "clk": (_YES, _NO, _NO, _NO, _NO, _NO, _NO),
        "dgm": (_YES, _YES, _YES, _YES, _YES, _YES, _YES),
        "rm": (_YES, _YES, _YES, _YES, _YES, _YES, _YES),
        "hr": (_NO, _NO, _NO, _NO, _NO, _NO, _NO),
        "tec": (_NO, _NO, _NO, _NO, _NO, _NO, _NO),
        "aud": (_YES, _NO, _NO, _YES, _YES, _NO, _YES),
        "gm": (_YES, _YES, _YES, _YES, _YES, _YES, _YES),
        "off": (_YES, _YES, _YES, _YES, _YES, _YES, _YES),
    }.items()
}


class StorylineSecrets(ConfidentialWorld):
    """All people of the table: with a technician, and an officer who is not the general manager.

    Mix into a class that builds the company, and call ``_build_table()`` in setUpClass.
    """

    enforced = ("customer", "contract", "cost", "credit")

    @classmethod
    def _build_table(cls):
        if "confidentiality.grant" not in cls.env:
            raise unittest.SkipTest("sales_confidentiality is not installed")
        cls.users = {**cls.users}
        for login, (name, groups) in BESIDE.items():
            cls.users[login] = new_test_user(
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
        cls._build_secrets()
        # OFF is the officer, and nobody else is
        cls.officer.group_ids -= cls.env.ref(OFFICER)
        cls.officer = cls.users["off"]
        cls._qualify("off")
        for category in ("customer", "contract", "cost", "credit"):
            cls._grant("off", category, may_export=True)
        for login, row in TABLE.items():
            if row["export"]:
                cls.users[login].group_ids |= cls.env.ref("base.group_allow_export")
        cls.xinghai.dossier_needs = "Ten thousand chips a month"
        cls.env.flush_all()

    @classmethod
    def _make_key_account(cls):
        """Xinghai has the tier that step 10 gives him."""
        engine(cls.env["ka.tier.assignment"]).create(
            {
                "partner_id": cls.xinghai.id,
                "company_id": cls.company.id,
                "tier_id": cls.env["ka.tier"].search([("code", "=", "key")], limit=1).id,
                "date_from": "2026-02-20",
            }
        )

    @contextmanager
    def after_each_request(self):
        """The access log is written when a request has ended, as outside of tests."""
        commit, name = TestCursor.commit, "confidentiality.log"

        def commit_and_note(cr):
            noted = cr.postcommit.data.pop(name, None)
            commit(cr)
            if noted:
                cr.postcommit.data[name] = noted
                confidentiality_log._write_pending(cr, cr.postcommit, self.env.registry, False)

        with patch.object(TestCursor, "commit", commit_and_note):
            yield
        self.env.invalidate_all()
