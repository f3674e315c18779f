# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests.tours.common import PhoneTour, TourCommon

from .common import NdaWorld


@tagged("post_install", "-at_install")
class TestNdaTours(NdaWorld, TourCommon):
    """Sign the NDA and pass the examination in the browser (C53, C54)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_ndas()

    def test_sign_and_pass(self):
        """From the work list: the text, the declaration, the drawn signature, ten questions."""
        wording = self._wording(version="2.0", conflict="<p>Do you hold shares?</p>")
        nda = self._ndas("a", "sent")
        self.assertEqual(nda.template_id, wording)
        self._tour("a", "employee_signs_nda", "/odoo/my-nda")
        self.assertEqual(nda.state, "signed")
        self.assertRecordValues(nda.signature_ids, [{"method": "drawn", "conflict": "none"}])
        self._tour("a", "employee_passes_exam", "/odoo/my-nda")
        self.assertTrue(self._has("a", "exam"))

    def test_partner_signs(self):
        wording = self._wording("partner", version="1.1")
        nda = (
            self.env["confidentiality.nda"]
            .with_user(self.officer)
            .create({"partner_id": self.customers["xinghai"].id, "template_id": wording.id})
        )
        nda.action_send()
        self.env.flush_all()
        self.start_tour(nda.get_portal_url(), "regulation_partner_signs_nda")
        self.env.invalidate_all()
        self.assertEqual(nda.state, "signed")
        self.assertEqual(nda.signature_ids.signer_name, "Lin Hai")


@tagged("post_install", "-at_install")
class TestNdaToursPhone(PhoneTour, TestNdaTours):
    pass
