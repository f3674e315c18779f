# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from freezegun import freeze_time

from odoo.exceptions import UserError
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.common import RegulationCommon

from .common import SCAN, NdaWorld


@tagged("post_install", "-at_install")
class TestNdaHostile(NdaWorld, RegulationCommon):
    """Agreements that count longer than they should, or are had again without asking (C53)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_ndas()

    def later(self, days):
        return freeze_time(self.env.cr.now() + timedelta(days=days))

    def test_revoked_while_the_renewal_waits(self):
        """Whoever is revoked does not sign himself back in by the renewal that he was sent."""
        nda = self._sign(self._nda("a"), "a")
        with self.later(340):
            self.env["confidentiality.nda"]._cron_keep()
            renewal = self._ndas("a", "sent")
            self.assertTrue(renewal)
            nda.with_user(self.officer).action_revoke("A leak")
            self.assertFalse(self._has("a"))
            with self.assertRaises(UserError):
                self._sign(renewal, "a")
            self.assertFalse(self._has("a"))
            self.assertFalse(renewal.activity_ids)
            # The officer may ask him again
            again = self._nda("a")
            self._sign(again, "a")
            self.assertTrue(self._has("a"))

    def test_partner_revoked_while_the_renewal_waits(self):
        partner = self.env["res.partner"].create({"name": "Dealer", "is_company": True})
        template = self._wording("customer")
        ndas = self.env["confidentiality.nda"].with_user(self.officer)
        values = {"partner_id": partner.id, "template_id": template.id}
        nda = ndas.create(values)
        paper = {"signer_name": "X", "scan": SCAN, "scan_name": "x.pdf"}
        nda.action_register_paper(paper)
        self.env.flush_all()
        renewal = ndas.create(values)
        renewal.action_send()
        nda.action_revoke("A leak")
        self.assertEqual(renewal.state, "revoked")

    def test_grace_ends_by_itself(self):
        """The days of grace are over whether or not the job has run."""
        self._sign(self._nda("a"), "a")
        self._wording(version="2.0", grace_days=14)
        with self.later(13):
            self.assertTrue(self._has("a"))
        with self.later(16):
            self.assertFalse(self._has("a"))

    def test_grace_lengthens_nothing(self):
        """What ends before the grace does ends on its day."""
        self._sign(self._nda("a"), "a")
        with self.later(360):
            self._wording(version="2.0", grace_days=30)
            qualification = self._ndas("a", "signed").qualification_id
            self.assertEqual(qualification.valid_until, self._ndas("a", "signed").valid_until)
        with self.later(367):
            self.assertFalse(self._has("a"))

    def test_paper_of_a_draft(self):
        """A paper is of a wording that is fixed, as a signature is."""
        draft = self._wording(publish=False, version="9.0")
        nda = self._nda("a", draft, send=False)
        with self.assertRaises(UserError):
            nda.with_user(self.officer).action_register_paper(
                {"signer_name": "A", "scan": SCAN, "scan_name": "x.pdf"}
            )
        self.assertFalse(self._has("a"))

    def test_kind_is_not_written(self):
        """The kind is that of the wording: a stored copy of it is written by nobody."""
        nda = self._nda("a", send=False)
        with self.assertRaises(UserError):
            nda.with_user(self.officer).write({"kind": "customer"})
        self.env.flush_all()
        self.env.invalidate_all()
        self.assertEqual(nda.kind, "employee")

    def test_midnight_of_the_company(self):
        """A right ends with the company's day, not with that of the server or of a colleague."""
        today = self.company._regulation_today()
        other = self.env["res.company"].create({"name": "Far West"})
        other.resource_calendar_id.tz = "Pacific/Pago_Pago"
        stranger = self.users["b"].copy(
            {"login": "reg_far", "company_id": other.id, "company_ids": [(6, 0, other.ids)]}
        )
        self.env["regulation.qualification"].create(
            {
                "name": "nda",
                "kind": "nda",
                "user_id": self.users["a"].id,
                "company_id": self.company.id,
                "date": "2020-01-01",
                "valid_until": today - timedelta(days=1),
            }
        )
        grants = self.env["confidentiality.grant"]
        facts = grants._facts_of(stranger | self.users["a"])
        self.assertEqual(
            facts[self.users["a"].id]["qualified"],
            grants._facts_of(self.users["a"])[self.users["a"].id]["qualified"],
        )
