# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv
import json
import tempfile
from pathlib import Path
from unittest.mock import patch

from freezegun import freeze_time

from odoo import api
from odoo.exceptions import AccessError
from odoo.tests import HttpCase, tagged
from odoo.tests.common import JsonRpcException

from odoo.addons.sales_regulation.tests.common import RegulationCommon
from odoo.addons.sales_regulation.tools import Refusal


@tagged("post_install", "-at_install")
class TestRegister(RegulationCommon):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.Register = cls.env["regulation.register"]
        cls.Seal = cls.env["regulation.register.seal"]

    def _rows(self, day, count=3, **values):
        with freeze_time(f"{day} 08:00:00"):
            return self.Register._record(
                "approved",
                self.env["res.partner"].concat(*[self.customers["xinghai"]] * count),
                company_id=self.company.id,
                **values,
            )

    def _seal(self, now="2026-03-05 03:00:00"):
        with freeze_time(now), self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_register_seal").method_direct_trigger()
        return self.Seal.search([("company_id", "=", self.company.id)], order="day")

    def _problems(self):
        return self.Seal._verify()

    # === NOBODY === #

    def test_nobody_changes_or_deletes_a_row(self):
        row = self._rows("2026-03-02", 1)
        people = [self.env.ref("base.user_admin"), self.users["adm"], self.users["aud"], self.users["gm"]]
        for user in people:
            for forged in ({}, {"regulation_engine": True}, {"regulation_engine": "ENGINE"}):
                mine = row.with_user(user).with_context(**forged)
                for attack in (
                    lambda mine=mine: mine.write({"user_id": 1}),
                    lambda mine=mine: mine.sudo().write({"event": "returned"}),
                    lambda mine=mine: mine.sudo().unlink(),
                    lambda mine=mine: mine.unlink(),
                    lambda mine=mine: mine.sudo().create({"event": "approved"}),
                    lambda mine=mine: mine.sudo().copy(),
                ):
                    with self.assertRaises(AccessError), self.cr.savepoint():
                        attack()

    def test_seals_neither(self):
        self._rows("2026-03-02")
        seal = self._seal()
        for attack in (
            lambda: seal.sudo().write({"digest": "0"}),
            lambda: seal.sudo().unlink(),
            lambda: seal.sudo().create({"day": "2026-03-09", "digest": "0"}),
        ):
            with self.assertRaises(AccessError), self.cr.savepoint():
                attack()

    # === CHAIN === #

    def test_days_are_sealed_once_in_a_chain(self):
        self._rows("2026-03-02", 2)
        self._rows("2026-03-04", 3)
        self._rows("2026-03-05", 1)
        seals = self._seal()
        self.assertEqual([str(seal.day) for seal in seals], ["2026-03-02", "2026-03-04"])
        self.assertEqual(seals.mapped("row_count"), [2, 3])
        self.assertEqual(seals[1].previous_id, seals[0])
        self.assertEqual(self._seal(), seals)
        self.assertFalse(self._problems())

    def test_a_day_is_sealed_when_it_has_settled(self):
        self._rows("2026-03-04")
        self.assertFalse(self._seal("2026-03-05 00:30:00"))
        self.assertTrue(self._seal("2026-03-05 01:30:00"))

    def test_batches_give_the_same_digest(self):
        self._rows("2026-03-02", 7)
        seal = self._seal()
        path = "odoo.addons.sales_regulation.models.engine.regulation_register_seal._BATCH"
        with patch(path, 3):
            self.assertFalse(self._problems())
        self.assertEqual(seal.row_count, 7)

    def test_amounts_hash_as_they_are_stored(self):
        yen = self.env.ref("base.JPY")
        yen.active = True
        self._rows("2026-03-02", 1, amount=10.4, currency_id=yen.id)
        self._rows("2026-03-02", 1, amount=759360.005, currency_id=self.cny.id)
        self._seal()
        self.assertFalse(self._problems())

    def test_tampering_in_the_database_is_found(self):
        rows = self._rows("2026-03-02", 3)
        self._rows("2026-03-03", 2)
        seals = self._seal()
        self.env.flush_all()
        for query, args, found in (
            ("UPDATE regulation_register SET event = 'refused' WHERE id = %s", rows[0].id, "was changed"),
            ("UPDATE regulation_register SET amount = 5 WHERE id = %s", rows[0].id, "was changed"),
            ("UPDATE regulation_register SET user_id = 99999 WHERE id = %s", rows[0].id, "changed"),
            ("DELETE FROM regulation_register WHERE id = %s", rows[2].id, "2 rows, 3 were sealed"),
            ("UPDATE regulation_register SET at = '2026-03-03' WHERE id = %s", rows[1].id, "sealed"),
            ("UPDATE regulation_register_seal SET digest = 'x' WHERE id = %s", seals[0].id, "changed"),
            ("UPDATE regulation_register_seal SET previous_id = NULL WHERE id = %s", seals[1].id, "missing"),
        ):
            with self.subTest(query=query):
                savepoint = self.cr.savepoint(flush=False)
                self.cr.execute(query, [args])
                self.env.invalidate_all()
                self.assertIn(found, " ".join(self._problems()))
                savepoint.rollback()
                savepoint.close(rollback=True)
                self.env.invalidate_all()
        self.assertFalse(self._problems())

    def test_a_recomputed_hash_does_not_help(self):
        """Whoever changes a row and its hash still breaks the chain."""
        row = self._rows("2026-03-02", 1)
        self._seal()
        facts = {name: row[name] for name in ("at", "event", "code", "gate", "clauses", "res_model", "res_id", "amount")}
        forged = self.Register._row_hash({**facts, "event": "refused"})
        self.cr.execute(
            "UPDATE regulation_register SET event = 'refused', row_hash = %s WHERE id = %s",
            [forged, row.id],
        )
        self.env.invalidate_all()
        self.assertTrue(self._problems())

    def test_verify_button(self):
        self._rows("2026-03-02")
        self._seal()
        result = self.Seal.with_user(self.users["aud"]).action_verify()
        self.assertEqual(result["params"]["type"], "success")
        with self.assertRaises(AccessError):
            self.Seal.with_user(self.users["a"]).action_verify()

    # === RETENTION === #

    def test_retention_removes_old_rows_and_says_so(self):
        self._rows("2026-01-10", 4)
        self._rows("2026-03-02", 2)
        self._seal()
        self._profile(retention_months=1)
        seals = self._seal("2026-03-06 03:00:00")
        rows = self.Register.search([("company_id", "=", self.company.id), ("event", "=", "approved")])
        self.assertEqual(len(rows), 2)
        self.assertTrue(seals[0].purged_at)
        note = self.Register.search([("event", "=", "retention"), ("company_id", "=", self.company.id)])
        self.assertEqual(note.code, "2026-01-10: 4")
        self.assertFalse(self._problems())

    def test_zero_keeps_for_ever(self):
        self._rows("2020-01-10")
        self._seal("2026-03-06 03:00:00")
        self.assertEqual(self.Register.search_count([("at", "<", "2020-02-01")]), 3)

    # === EXPORT === #

    def test_export(self):
        self._rows("2026-03-02", 3)
        self._seal()
        with tempfile.TemporaryDirectory() as folder:
            with patch("shutil.which", return_value=None):
                report = self.Register._export_evidence(folder)
            self.assertIn("wkhtmltopdf", report[-1])
            with (Path(folder) / "regulation.register.csv").open(encoding="utf-8-sig") as handle:
                rows = list(csv.DictReader(handle))
            self.assertEqual(len(rows), self.Register.search_count([]))
            manifest = json.loads((Path(folder) / "manifest.json").read_text())
            self.assertTrue(manifest["register_intact"])
            self.assertEqual(manifest["files"]["regulation.register.csv"]["rows"], len(rows))
            self.assertTrue((Path(folder) / "summary.html").read_text())

    def test_others_add_their_evidence(self):
        found = dict(self.Register._evidence_models(), **{"res.country": [("code", "=", "CN")]})
        with tempfile.TemporaryDirectory() as folder, patch("shutil.which", return_value=None):
            with patch.object(self.registry["regulation.register"], "_evidence_models", lambda _self: found):
                self.Register._export_evidence(folder)
            self.assertTrue((Path(folder) / "res.country.csv").exists())

    # === IMPORT === #

    def test_a_test_import_is_no_attempt(self):
        refusal = Refusal("No", record=self.customers["xinghai"], gate="test")
        queues = (self.env.cr.postcommit, self.env.cr.postrollback)

        def load(_self, *args, **kwargs):
            self.Register._record_attempts("blocked", [refusal])
            return {"ids": [], "messages": [], "nextrow": 0}

        wizard = self.env["base_import.import"].create(
            {"res_model": "res.partner", "file": b"Name\nX\n", "file_type": "text/csv", "file_name": "x.csv"}
        )
        options = {"has_headers": True, "quoting": '"', "separator": ",", "encoding": "utf-8"}
        self.patch(self.registry["res.partner"], "load", load)
        for dryrun, queued in ((True, 0), (False, 1)):
            wizard.execute_import(["name"], ["Name"], options, dryrun=dryrun)
            for queue in queues:
                self.assertEqual(len(queue.data.pop("regulation.register", [])), queued)
                queue.clear()


@tagged("post_install", "-at_install")
class TestAttempts(RegulationCommon):
    """Blocked rows outlive the rollback: with real cursors, cleaned up afterwards."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.addClassCleanup(cls._clean)

    @classmethod
    def _clean(cls):
        with cls.registry.cursor() as cr:
            cr.execute("DELETE FROM regulation_register WHERE gate LIKE 'test_attempt%'")

    def _attempt(self, gate, commit=False, uid=None, hour=None, count=1):
        """A refused step in a transaction of its own, as a request would have it."""
        with self.registry.cursor() as cr:
            env = api.Environment(cr, uid or self.env.ref("base.user_admin").id, {})
            partner = env["res.partner"].search([], limit=1)
            with freeze_time(hour or "2026-03-02 08:10:00"):
                for _number in range(count):
                    env["regulation.register"]._record_attempts(
                        "blocked", [Refusal("No", record=partner, gate=gate)]
                    )
            if commit:
                cr.commit()
            else:
                cr.rollback()

    def _found(self, gate):
        with self.registry.cursor() as cr:
            cr.execute(
                "SELECT user_id, at, row_hash FROM regulation_register WHERE gate = %s", [gate]
            )
            return cr.fetchall()

    def test_survives_the_rollback(self):
        self._attempt("test_attempt_1")
        self.assertEqual(len(self._found("test_attempt_1")), 1)

    def test_survives_an_error_that_was_caught(self):
        self._attempt("test_attempt_2", commit=True)
        self.assertEqual(len(self._found("test_attempt_2")), 1)

    def test_one_row_per_document_gate_user_and_hour(self):
        gate = "test_attempt_3"
        self._attempt(gate, count=3)
        self._attempt(gate, hour="2026-03-02 08:59:59")
        self.assertEqual(len(self._found(gate)), 1)
        self._attempt(gate, hour="2026-03-02 09:00:00")
        self.assertEqual(len(self._found(gate)), 2)
        self._attempt(gate, uid=self.env.ref("base.user_demo").id)
        self.assertEqual(len(self._found(gate)), 3)
        self._attempt("test_attempt_3b")
        self.assertEqual(len(self._found("test_attempt_3b")), 1)


@tagged("post_install", "-at_install")
class TestRegisterRpc(HttpCase):
    def test_rpc_neither_writes_nor_deletes(self):
        row = self.env["regulation.register"]._record("approved", self.env.company)
        self.env.flush_all()
        self.authenticate("admin", "admin")
        context = {"regulation_engine": True, "allowed_company_ids": self.env.company.ids}
        for method, args in (
            ("write", [row.ids, {"event": "refused"}]),
            ("unlink", [row.ids]),
            ("create", [[{"event": "approved", "res_model": "res.partner", "res_id": 1}]]),
            ("_record", ["approved", row.ids]),
            ("web_save", [row.ids, {"event": "refused"}, {}]),
        ):
            with self.subTest(method=method), self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/regulation.register/{method}",
                    {
                        "model": "regulation.register",
                        "method": method,
                        "args": args,
                        "kwargs": {"context": context},
                    },
                )
        row.invalidate_recordset()
        self.assertEqual(row.event, "approved")
