# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
from datetime import timedelta

from dateutil.relativedelta import relativedelta
from psycopg2.errors import UniqueViolation

from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.sales_regulation.tests.common import RegulationCommon
from odoo.addons.sales_regulation.tools import engine

from .common import SCAN, SIGNATURE, NdaWorld


@tagged("post_install", "-at_install")
class TestNda(NdaWorld, RegulationCommon):
    """Wordings, signatures, what they give and who may not (C53, S4-010, S4-054)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._build_ndas()

    # === WORDINGS === #

    def test_only_the_officer_publishes(self):
        draft = self._wording(publish=False, version="2.0")
        for login in ("a", "km", "adm", "hr", "aud"):
            with self.subTest(login), self.assertRaises(AccessError):
                draft.with_user(self.users[login]).action_publish()
        draft.action_publish()
        self.assertEqual((draft.state, draft.published_by_id), ("published", self.officer))
        self.assertEqual(self._events("nda_published", draft), 1)

    def test_a_published_wording_is_fixed(self):
        """C53: by write, by translation, by the sealed fields, by deletion."""
        template = self.template
        before = template.fingerprint
        for vals in ({"body": "<p>Nothing.</p>"}, {"validity_months": 0}, {"name": "X"}):
            with self.subTest(vals), self.assertRaises(UserError):
                template.write(vals)
        with self.assertRaises(UserError):
            template.update_field_translations("name", {"en_US": "Other"})
        for vals in ({"state": "draft"}, {"wording": {}}, {"fingerprint": "x"}):
            with self.subTest(vals), self.assertRaises(AccessError):
                template.write(vals)
        with self.assertRaises(UserError):
            template.unlink()
        self.assertEqual(template.fingerprint, before)
        self.assertEqual(
            before, self.env["regulation.fingerprint"]._digest(template.wording)
        )

    def test_a_wording_needs_obligations_and_liability(self):
        draft = self._wording(publish=False, version="2.0", liability=False)
        with self.assertRaisesRegex(UserError, "S4-010"):
            draft.action_publish()

    def test_versions(self):
        action = self.template.with_user(self.officer).action_new_version()
        draft = self.env["confidentiality.nda.template"].browse(action["res_id"])
        self.assertEqual((draft.version, draft.state, draft.fingerprint), ("1.1", "draft", False))
        self.assertEqual(draft.body, self.template.body)

    # === SIGNING === #

    def test_signing_gives_the_qualification(self):
        nda = self._nda("a")
        self.assertEqual(nda.activity_ids.user_id, self.users["a"])
        self.assertFalse(self._has("a"))
        self._sign(nda, "a")
        today = self.company._regulation_today()
        self.assertEqual(nda.state, "signed")
        self.assertEqual(nda.valid_from, today)
        self.assertEqual(nda.valid_until, today + relativedelta(months=12, days=-1))
        self.assertFalse(nda.activity_ids)
        self.assertRecordValues(
            nda.qualification_id,
            [
                {
                    "kind": "nda",
                    "user_id": self.users["a"].id,
                    "company_id": self.company.id,
                    "passed": True,
                    "valid_until": nda.valid_until,
                    "res_model": "confidentiality.nda",
                    "res_id": nda.id,
                }
            ],
        )
        self.assertTrue(self._has("a"))
        self.assertEqual(self._events("nda_signed", nda), 1)

    def test_what_is_kept_of_a_signature(self):
        nda = self._sign(self._nda("a"), "a")
        signature = nda.signature_ids
        self.assertEqual(signature.signer_name, "Wang Fang")
        self.assertEqual(signature.user_id, self.users["a"])
        self.assertIn("I answer for the damage.", signature.text)
        self.assertIn("Wang Fang", signature.text)
        self.assertEqual(
            signature.text_hash, hashlib.sha256(str(signature.text).encode()).hexdigest()
        )
        self.assertEqual(signature.template_fingerprint, self.template.fingerprint)
        self.assertTrue(signature.is_intact)
        self.env.cr.execute(
            "UPDATE confidentiality_nda_signature SET text = 'other' WHERE id = %s", signature.ids
        )
        signature.invalidate_recordset()
        self.assertFalse(signature.is_intact)

    def test_a_signature_is_evidence(self):
        """Neither its signer nor the officer nor the superuser changes it or its image."""
        nda = self._sign(self._nda("a"), "a")
        signature = nda.signature_ids
        files = self.env["ir.attachment"].search(
            [
                ("res_model", "=", signature._name),
                ("res_id", "=", signature.id),
                ("res_field", "!=", False),
            ]
        )
        self.assertTrue(files)
        for user in (self.users["a"], self.officer, self.env.user):
            theirs = signature.with_user(user)
            with self.subTest(user.login):
                with self.assertRaises(AccessError):
                    theirs.write({"signer_name": "Somebody"})
                with self.assertRaises(AccessError):
                    theirs.unlink()
                with self.assertRaises(AccessError):
                    theirs.create({"nda_id": nda.id, "signer_name": "X"})
                with self.assertRaises(AccessError):
                    files.with_user(user).write({"datas": SIGNATURE})
                with self.assertRaises(AccessError):
                    files.with_user(user).unlink()

    def test_nobody_signs_for_somebody_else(self):
        """S4-010: not the colleague, not the superior, not the officer, not the superuser."""
        nda = self._nda("a")
        values = {"signer_name": "Wang Fang", "signature": SIGNATURE}
        for login in ("b", "km", "gm", "hr", "adm"):
            with self.subTest(login), self.assertRaises(AccessError):
                nda.with_user(self.users[login]).action_sign(values)
        with self.assertRaises(AccessError):
            nda.action_sign(values)
        wizard = self.env["confidentiality.nda.step"].with_user(self.users["b"])
        with self.assertRaises(AccessError):
            wizard.create({"nda_id": nda.id, **values}).action_sign()
        self.assertEqual(nda.state, "sent")

    def test_states_are_not_written(self):
        nda = self._nda("a")
        until = self.company._regulation_today() + timedelta(days=3650)
        for user in (self.users["a"], self.officer, self.env.user):
            for vals in ({"state": "signed"}, {"valid_until": until}, {"grace_until": until}):
                with self.subTest(f"{user.login} {vals}"), self.assertRaises(AccessError):
                    nda.with_user(user).write(vals)
        with self.assertRaises(AccessError):
            self.env["confidentiality.nda"].with_user(self.officer).create(
                {"user_id": self.users["b"].id, "template_id": self.template.id, "state": "signed"}
            )
        made = (
            self.env["confidentiality.nda"]
            .with_user(self.officer)
            .with_context(default_state="signed")
            .create({"user_id": self.users["b"].id, "template_id": self.template.id})
        )
        self.assertEqual(made.state, "draft")

    def test_what_was_sent_is_fixed(self):
        nda = self._nda("a").with_user(self.officer)
        other = self._wording(version="9.0", validity_months=0, publish=False)
        for vals in ({"template_id": other.id}, {"user_id": self.users["b"].id}):
            with self.subTest(vals), self.assertRaises(UserError):
                nda.write(vals)
        with self.assertRaises(UserError):
            nda.unlink()

    def test_only_what_waits_is_signed(self):
        draft = self._nda("a", send=False)
        with self.assertRaises(UserError):
            self._sign(draft, "a")
        draft.action_send()
        self._sign(draft, "a")
        with self.assertRaises(UserError):
            self._sign(draft, "a")

    def test_what_is_no_signature(self):
        nda = self._nda("a").with_user(self.users["a"])
        for values in (
            {},
            {"signer_name": "Wang Fang"},
            {"signer_name": "", "signature": SIGNATURE},
            {"signer_name": "Wang Fang", "signature": "!!"},
            {"signer_name": "Wang Fang", "signature": "PHN2Zz48L3N2Zz4="},
            {"signer_name": "Wang Fang", "signature": SIGNATURE, "ip": "1.2.3.4"},
            {"signer_name": "Wang Fang", "signature": SIGNATURE, "signed_on": "2020-01-01"},
        ):
            with self.subTest(values), self.assertRaises(UserError):
                nda.action_sign(values)
        self.assertEqual(nda.state, "sent")

    def test_conflicts_of_interest(self):
        template = self._wording(version="2.0", conflict="<p>Do you hold shares?</p>")
        nda = self._nda("a", template)
        for values in ({}, {"conflict": "maybe"}, {"conflict": "declared", "conflict_text": " "}):
            with self.subTest(values), self.assertRaises(UserError):
                self._sign(nda, "a", **values)
        self._sign(nda, "a", conflict="declared", conflict_text="My wife works for Beihe")
        self.assertRecordValues(
            nda.signature_ids,
            [{"conflict": "declared", "conflict_text": "My wife works for Beihe"}],
        )

    def test_the_wizard(self):
        nda = self._nda("a").with_user(self.users["a"])
        action = nda.action_open_sign()
        wizard = (
            self.env["confidentiality.nda.step"]
            .with_user(self.users["a"])
            .with_context(**action["context"])
            .create({"signature": SIGNATURE})
        )
        self.assertIn("I keep silent.", wizard.text)
        wizard.action_sign()
        self.assertEqual(nda.state, "signed")
        with self.assertRaises(AccessError):
            self._nda("b").with_user(self.users["a"]).action_open_sign()

    def test_in_the_readers_language(self):
        """Published in every language that is there; kept as it was read."""
        self.env["res.lang"]._activate_lang("zh_CN")
        draft = self._wording(publish=False, version="2.0")
        draft.update_field_translations(
            "body", {"zh_CN": {"I keep silent.": "我保守秘密。"}}
        )
        draft.action_publish()
        self.assertIn("zh_CN", draft.wording)
        nda = self._nda("a", draft)
        chinese = nda.with_context(lang="zh_CN")
        self.assertIn("我保守秘密。", chinese.text)
        self.assertIn("I keep silent.", nda.with_context(lang="en_US").text)
        self._sign(chinese, "a")
        self.assertEqual(nda.signature_ids.lang, "zh_CN")
        self.assertIn("我保守秘密。", nda.with_context(lang="en_US").text)

    # === PAPER === #

    def test_paper(self):
        """A paper signed by hand: confirmed by the officer, dated as it says."""
        nda = self._nda("a")
        day = self.company._regulation_today() - timedelta(days=3)
        values = {"signer_name": "Wang Fang", "scan": SCAN, "signed_on": str(day)}
        for login in ("a", "km", "hr"):
            with self.subTest(login), self.assertRaises(AccessError):
                nda.with_user(self.users[login]).action_register_paper(values)
        officers = nda.with_user(self.officer)
        for wrong in (
            {"scan": False},
            {"scan": "PHN2Zz48L3N2Zz4="},
            {"signed_on": "soon"},
            {"signed_on": str(day + timedelta(days=30))},
        ):
            with self.subTest(wrong), self.assertRaises(UserError):
                officers.action_register_paper({**values, **wrong})
        officers.action_register_paper(values)
        self.assertEqual((nda.state, nda.valid_from), ("signed", day))
        self.assertEqual((nda.signature_ids.method, nda.signature_ids.user_id), ("paper", self.officer))
        self.assertTrue(self._has("a"))

    def test_the_officers_own_paper(self):
        nda = self._nda("gm")
        with self.assertRaises(AccessError):
            nda.with_user(self.officer).action_register_paper(
                {"signer_name": "GM Zhou", "scan": SCAN}
            )
        self._sign(nda, "gm")
        self.assertTrue(self._has("gm"))

    # === REVOKING === #

    def test_revoked_is_gone(self):
        nda = self._sign(self._nda("a"), "a")
        for login in ("a", "km", "hr", "adm"):
            with self.subTest(login), self.assertRaises(AccessError):
                nda.with_user(self.users[login]).action_revoke("A leak")
        officers = nda.with_user(self.officer)
        with self.assertRaises(UserError):
            officers.action_revoke(" ")
        officers.action_revoke("A leak")
        self.assertRecordValues(
            nda, [{"state": "revoked", "revoked_by_id": self.officer.id, "revoke_reason": "A leak"}]
        )
        self.assertFalse(self._has("a"))
        self.assertEqual(self._events("nda_revoked", nda), 1)
        with self.assertRaises(UserError):
            officers.action_revoke("Again")

    def test_revoking_ends_what_was_recorded_by_hand(self):
        """An older record of HR does not keep the right alive."""
        nda = self._sign(self._nda("a"), "a")
        self.env["regulation.qualification"].with_user(self.users["hr"]).create(
            {"name": "Paper", "kind": "nda", "user_id": self.users["a"].id}
        )
        nda.with_user(self.officer).action_revoke("A leak")
        self.assertFalse(self._has("a"))

    def test_withdrawn(self):
        nda = self._nda("a")
        nda.with_user(self.officer).action_revoke("Wrong person")
        self.assertEqual(nda.state, "revoked")
        self.assertFalse(nda.activity_ids)

    # === WHO READS === #

    def test_who_reads_agreements(self):
        nda = self._sign(self._nda("a"), "a")
        for record in (nda, nda.signature_ids):
            seen = {
                login
                for login in self.users
                if record.with_user(self.users[login]).search_count([("id", "=", record.id)])
            }
            self.assertEqual(seen, {"a", "gm", "aud"}, record._name)

    def test_only_the_officer_makes_those_of_staff(self):
        for login in ("a", "km", "hr", "aud"):
            with self.subTest(login), self.assertRaises(AccessError):
                self.env["confidentiality.nda"].with_user(self.users[login]).create(
                    {"user_id": self.users["b"].id, "template_id": self.template.id}
                )

    def test_parties(self):
        ndas = self.env["confidentiality.nda"].with_user(self.officer)
        with self.assertRaises(ValidationError):
            ndas.create(
                {"partner_id": self.customers["xinghai"].id, "template_id": self.template.id}
            )
        with self.assertRaises(ValidationError):
            ndas.create(
                {"user_id": self.users["a"].id, "template_id": self._wording("customer").id}
            )

    def test_one_to_sign_at_a_time(self):
        self._nda("a")
        with self.assertRaises(UniqueViolation), mute_logger("odoo.sql_db"):
            self._nda("a")

    # === REPORT === #

    def test_printed(self):
        nda = self._sign(self._nda("a"), "a").with_user(self.users["a"])
        html = self.env["ir.actions.report"]._render_qweb_html(
            "sales_confidentiality.report_confidentiality_nda", nda.ids
        )[0].decode()
        for text in ("I keep silent.", "Wang Fang", nda.signature_ids.text_hash, "data:image/png"):
            self.assertIn(text, html)

    def test_screens_of_many(self):
        """A list costs the same for one and for many."""
        logins = ("a", "b", "t", "km", "rm", "dgm", "leg", "fin")
        ndas = self.env["confidentiality.nda"].concat(
            *(self._sign(self._nda(login), login) for login in logins)
        )
        names = ["party_name", "signer_name", "exam_due", "is_mine", "text_hash"]
        counts = []
        for some in (ndas[:1], ndas):
            self.env.flush_all()
            self.env.invalidate_all()
            some.with_user(self.officer).read(names)
            self.env.invalidate_all()
            before = self.env.cr.sql_log_count
            some.with_user(self.officer).read(names)
            counts.append(self.env.cr.sql_log_count - before)
        self.assertLessEqual(counts[1], counts[0] + 1)

    def test_the_engine_is_needed(self):
        """A check on the check: with the token the sealed field moves."""
        nda = self._nda("a")
        engine(nda).write({"state": "expired"})
        self.assertEqual(nda.state, "expired")
