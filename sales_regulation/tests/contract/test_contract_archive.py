# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
from datetime import date, datetime

from freezegun import freeze_time

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged

from ..common import SCAN
from .common import SIGNATURE, ContractCommon

PDF = base64.b64encode(b"%PDF-1.4 licence").decode()


class ArchiveCommon(ContractCommon):
    """The profile wants the original in 5 working days, two copies and two documents."""

    @classmethod
    def _archive_settings(cls):
        sale = cls.env.ref("sales_regulation.contract_type_sale")
        return {
            "contract_archive_role_id": cls.roles["legal"].id,
            "deadline_rule_ids": [
                Command.create(
                    {"code": code, "name": code, "unit": "working_days", "value": days}
                )
                for code, days in (("contract_original", 5), ("contract_copy", 3))
            ],
            "handover_rule_ids": [
                Command.create(
                    {
                        "event": "contract_copy",
                        "role_id": cls.roles[role].id,
                        "summary": "File the copy",
                        "deadline_code": "contract_copy",
                    }
                )
                for role in ("finance", "warehouse")
            ],
            "checklist_item_ids": [
                Command.create(
                    {
                        "kind": "contract_documents",
                        "code": code,
                        "name": code.capitalize(),
                        "contract_type_ids": [Command.set(types)],
                    }
                )
                for code, types in (("licence", sale.ids), ("annex", []))
            ]
            + [
                Command.create(
                    {
                        "kind": "contract_documents",
                        "code": "settlement",
                        "name": "Settlement sheet",
                        "contract_type_ids": [
                            Command.set(
                                cls.env.ref("sales_regulation.contract_type_property").ids
                            )
                        ],
                    }
                )
            ],
        }

    @classmethod
    def _contract_profile(cls, gates=None, rules=None, **settings):
        if gates is None:
            gates = {"contract_archive": "enforce", "contract_signed": "enforce"}
        archive = cls._archive_settings()
        items = archive.pop("checklist_item_ids")
        profile = super()._contract_profile(
            gates, rules, publish=False, **{**archive, **settings}
        )
        profile.write({"checklist_item_ids": items})
        profile.with_user(cls.users["gm"])._publish("active")
        return profile

    @classmethod
    def _quick(cls, contract=None, **values):
        """Signed at once: the reviews are tested elsewhere."""
        contract = contract or cls._drafted(**values)
        contract.action_sign({"signer_name": "Lin Hai", "scan": SCAN, "scan_name": "signed.pdf"})
        return contract

    def _hand_over(self):
        with self.enter_registry_test_mode():
            self.env.ref("sales_regulation.ir_cron_handover").method_direct_trigger()
        self.env.invalidate_all()

    def _complete(self, contract):
        for item in contract.sudo()._checklist_items("contract_documents")[contract.id]:
            contract.action_file_document({"item_id": item.id, "file": PDF, "file_name": "x.pdf"})


@tagged("post_install", "-at_install")
class TestContractArchive(ArchiveCommon):
    """C22: the original, the copies, the documents, the archive number."""

    def test_original(self):
        """S0-79: due 5 working days after the signature; the archive takes it in."""
        contract = self._quick()
        self.assertTrue(contract.original_expected)
        self.assertEqual(contract.archive_state, "original")
        company = self.company
        self.assertEqual(
            contract.original_due_at,
            company._regulation_add_working_days(datetime.now(), 5),
        )
        for login in ("a", "km", "fin"):
            with self.assertRaises(AccessError):
                self._as(contract, login).action_original_back({})
        legal = self._as(contract, "leg")
        for day in ("2019-01-01", "2999-01-01", "tomorrow"):
            with self.assertRaises(UserError):
                legal.action_original_back({"on": day})
        with self.assertRaises(UserError):
            legal.action_original_back({"archived_at": "2020-01-01"})
        legal.action_original_back({"note": "By courier"})
        self.assertEqual(contract.original_returned_by_id, self.users["leg"])
        self.assertEqual(contract.archive_state, "open")
        deadline = self.env["regulation.deadline"].search(
            [("res_model", "=", contract._name), ("res_id", "=", contract.id)]
        )
        self.assertEqual((deadline.code, deadline.state), ("contract_original", "kept"))
        with self.assertRaises(UserError):
            legal.action_original_back({})

    def test_original_late(self):
        """S0-79: what does not come back is seen, recorded and escalated."""
        with freeze_time("2026-03-11 02:00:00"):
            contract = self._quick()
            self.assertEqual(contract.original_due_at, datetime(2026, 3, 18, 10))
        with freeze_time("2026-03-18 10:30:00"):
            self.env.invalidate_all()
            self.assertTrue(contract.original_overdue)
            self.assertIn(contract, contract.search([("original_overdue", "=", True)]))
            with self.enter_registry_test_mode():
                self.env.ref("sales_regulation.ir_cron_deadline").method_direct_trigger()
            self.env.invalidate_all()
            deadline = self.env["regulation.deadline"].search(
                [("res_model", "=", contract._name), ("res_id", "=", contract.id)]
            )
            self.assertEqual(deadline.state, "overdue")
            self.assertEqual(deadline.escalated_to_id, self.users["km"])
            row = self.env["sales.contract.watch"].search(
                [("contract_id", "=", contract.id), ("kind", "=", "original")]
            )
            self.assertTrue(row.is_late)

    def test_portal_signature(self):
        """A portal signature needs a paper original only where the regulation says so."""
        contract = self._drafted()
        contract.sudo()._conclude(
            contract._store_signature("portal", signer_name="Lin Hai", image=SIGNATURE)
        )
        self.assertFalse(contract.original_expected)
        self.assertEqual(contract.archive_state, "open")
        self.profile.with_user(self.users["gm"]).action_retire()
        self.profile = type(self)._contract_profile(contract_original_portal=True)
        contract = self._drafted()
        contract.sudo()._conclude(
            contract._store_signature("portal", signer_name="Lin Hai", image=SIGNATURE)
        )
        self.assertTrue(contract.original_due_at)

    def test_archive(self):
        """S0-81, S1-14, S4-397: complete, then archived under the next number of the year."""
        contract = self._quick()
        legal = self._as(contract, "leg")
        with self.assertRaisesRegex(UserError, r"original[\s\S]*Licence[\s\S]*Annex"):
            legal.action_put_on_file({})
        self.assertIn("original", legal.regulation_notice)
        self.assertFalse(contract.regulation_notice)
        self._complete(contract)
        legal.action_original_back({})
        with self.assertRaises(AccessError):
            contract.action_put_on_file({})
        legal.action_put_on_file({"place": "Cabinet B"})
        year = date.today().year
        self.assertEqual(contract.archive_number, f"A/{year}/0001")
        self.assertEqual((contract.archive_state, contract.archive_place), ("archived", "Cabinet B"))
        # An archived contract is still carried out
        self.assertEqual(contract.state, "signed")
        contract.order_ids.action_confirm()
        self.assertEqual(contract.order_ids.state, "sale")
        with self.assertRaises(UserError):
            legal.action_put_on_file({})
        second = self._quick()
        self._complete(second)
        second = self._as(second, "leg")
        second.action_original_back({})
        second.action_put_on_file()
        self.assertEqual(second.archive_number, f"A/{year}/0002")

    def test_numbers_by_company_and_year(self):
        """Each company counts for itself and begins again every year."""
        other = self.env["res.company"].create({"name": "Hua Xin South"})
        contracts = [self._quick(), self._quick()]
        numbers = [contract.sudo()._next_archive_number() for contract in contracts]
        self.assertEqual([number[-4:] for number in numbers], ["0001", "0002"])
        self.env.user.company_ids |= other
        foreign = self.env["sales.contract"].with_context(
            allowed_company_ids=[other.id, self.company.id]
        ).create({"partner_id": self.env["res.partner"].create({"name": "Free"}).id, "company_id": other.id})
        self.assertEqual(foreign._next_archive_number()[-4:], "0001")
        with freeze_time("2031-06-01 04:00:00"):
            self.assertEqual(contracts[0].sudo()._next_archive_number(), "A/2031/0001")

    def test_release(self):
        """The general manager lets a file pass that is not complete; once, on record."""
        contract = self._quick()
        legal = self._as(contract, "leg")
        release = (
            self.env["regulation.release"]
            .with_user(self.users["leg"])
            .create(
                {
                    "gate_id": self.env.ref("sales_regulation.gate_contract_archive").id,
                    "res_model": contract._name,
                    "res_id": contract.id,
                    "reason": "The customer lost the original.",
                }
            )
        )
        release.with_user(self.users["gm"]).action_grant()
        legal.action_put_on_file({})
        self.assertEqual(contract.archive_state, "archived")

    def test_sealed(self):
        """Nobody writes what the archive says, not even as superuser."""
        contract = self._quick()
        for values in (
            {"archive_number": "A/1"},
            {"archived_at": "2026-01-01"},
            {"archive_state": "archived"},
            {"original_returned_on": "2026-01-01"},
            {"original_expected": False},
            {"original_due_at": "2030-01-01"},
            {"archive_role_id": False},
            {"stage_at": "2020-01-01"},
        ):
            for login in ("a", "leg", "gm"):
                with self.assertRaises(AccessError):
                    self._as(contract, login).write(values)
            with self.assertRaises(AccessError):
                contract.sudo().write(values)

    def test_without_regulation(self):
        """No profile, no original and no copies; whoever edits the contract archives it."""
        self.profile.with_user(self.users["gm"]).action_retire()
        contract = self._quick()
        self.assertFalse(contract.original_expected or contract.copy_ids)
        contract.action_put_on_file({})
        self.assertTrue(contract.archive_number)

    # === COPIES === #

    def test_copies(self):
        """S3-52: a copy for each department, a task each, receipt in one's own name."""
        contract = self._quick()
        copies = contract.copy_ids
        self.assertEqual(set(copies.role_id.mapped("code")), {"finance", "warehouse"})
        theirs = copies.filtered(lambda copy: copy.role_id.code == "warehouse")
        # The keeper reads that there is a copy, not the contract
        seen = self.env["sales.contract.copy"].with_user(self.users["wh"]).search([])
        self.assertEqual(seen, theirs)
        self.assertEqual(seen.number, contract.name)
        self.assertTrue(seen.can_receive)
        self.assertFalse(self._as(theirs, "gm").can_receive)
        self.assertFalse(
            self.env["sales.contract"].with_user(self.users["wh"]).search_count([])
        )
        for login in ("a", "fin", "gm"):
            with self.assertRaises(AccessError):
                self._as(theirs, login).action_receive()
        self._hand_over()
        self.assertEqual(theirs.handover_id.state, "open")
        self.assertTrue(theirs.due_at)
        self._as(theirs, "wh").action_receive()
        self.assertEqual(theirs.received_by_id, self.users["wh"])
        self.assertEqual(theirs.handover_id.state, "done")
        # The task is the receipt too
        other = copies - theirs
        self._as(other.handover_id, "fin").action_done()
        self.assertEqual(other.received_by_id, self.users["fin"])
        self.assertEqual(
            self.env["regulation.register"].search_count(
                [("event", "=", "contract_copy"), ("res_id", "=", contract.id)]
            ),
            2,
        )

    def test_copy_before_its_task(self):
        """Received before the task was made: no task is made any more."""
        copy = self._quick().copy_ids[0]
        holder = "fin" if copy.role_id.code == "finance" else "wh"
        self._as(copy, holder).action_receive()
        self._hand_over()
        self.assertEqual(copy.handover_id.state, "done")
        self.assertFalse(copy.handover_id.activity_id)

    def test_copy_is_evidence(self):
        copy = self._quick().copy_ids[:1]
        for records in (self._as(copy, "fin"), copy.sudo()):
            with self.assertRaises(AccessError):
                records.write({"received_at": "2026-01-01"})
            with self.assertRaises(AccessError):
                records.unlink()

    # === DOCUMENTS === #

    def test_documents(self):
        """S0-81, S4-156: what is missing is named; a newer one stands beside the older."""
        contract = self._quick()
        self.assertEqual(contract.missing_documents, "Licence, Annex")
        self.assertEqual(contract.document_progress, "0/2")
        items = contract.sudo()._checklist_items("contract_documents")[contract.id]
        self.assertNotIn("settlement", items.mapped("code"))
        Document = self.env["sales.contract.document"]
        first = Document.browse(
            contract.action_file_document({"item_id": items[0].id, "file": PDF})
        )
        again = Document.browse(
            contract.action_file_document({"item_id": items[0].id, "note": "Renewed, in binder 3"})
        )
        self.assertEqual((first.number, again.number), (1, 2))
        self.assertTrue(first.file_hash)
        self.assertFalse(again.file_hash)
        self.assertEqual(contract.missing_documents, "Annex")
        for values in (
            {"item_id": items[1].id},
            {"item_id": items[1].id, "file": "no base64!"},
            {"file": PDF},
            {"item_id": self.env["regulation.checklist.item"].search([("code", "=", "policy")], limit=1).id, "file": PDF},
            {"name": "x", "file": PDF, "user_id": 1},
        ):
            with self.assertRaises(UserError):
                contract.action_file_document(values)
        with self.assertRaises(AccessError):
            self._as(contract, "b").action_file_document({"name": "x", "file": PDF})
        # What was filed by mistake stays, and counts no more
        with self.assertRaises(UserError):
            self._as(first + again, "leg").action_void("")
        with self.assertRaises(AccessError):
            (first + again).action_void("Wrong customer")
        self._as(first + again, "leg").action_void("Wrong customer")
        self.assertEqual(contract.missing_documents, "Licence, Annex")
        for record in (first, first.sudo()):
            with self.assertRaises(AccessError):
                record.unlink()
            with self.assertRaises(AccessError):
                record.write({"file": PDF})

    # === FILES === #

    def test_files_fixed(self):
        """S0-81, S4-221: the files of a signed contract are never changed or deleted."""
        contract = self._drafted()
        Attachment = self.env["ir.attachment"]
        values = {"res_model": contract._name, "res_id": contract.id}
        draft = Attachment.with_user(self.users["a"]).create({"name": "d.pdf", "raw": b"1", **values})
        draft.raw = b"2"
        stray = Attachment.create({"name": "stray.pdf", "raw": b"1", **values})
        stray.unlink()
        self._quick(contract)
        later = Attachment.with_user(self.users["a"]).create({"name": "l.pdf", "raw": b"3", **values})
        moved = Attachment.create({"name": "m.pdf", "raw": b"4"})
        moved.write(values)
        signature = contract.sudo().signature_ids
        scan = Attachment.search(
            [
                ("res_model", "=", signature._name),
                ("res_id", "=", signature.id),
                ("res_field", "=", "scan"),
            ]
        )
        self.assertEqual(len(scan), 1)
        for attachment in (draft, later, moved, scan):
            attachment = attachment.sudo()
            raw = attachment.raw
            for values in (
                {"raw": b"forged"},
                {"datas": PDF},
                {"name": "other.pdf"},
                {"res_id": 1},
                {"res_model": "res.partner"},
                {"type": "url", "url": "https://example.com"},
                {"mimetype": "text/plain"},
                {"regulation_fixed": False},
            ):
                with self.assertRaises(AccessError):
                    attachment.write(values)
            with self.assertRaises(AccessError):
                attachment.unlink()
            self.assertEqual(attachment.raw, raw)
            attachment.write({"description": "Signed by Lin Hai"})
        # Nor is another file put in its place
        with self.assertRaises(AccessError):
            Attachment.sudo().create(
                {
                    "name": "scan",
                    "raw": b"forged",
                    "res_model": signature._name,
                    "res_id": signature.id,
                    "res_field": "scan",
                }
            )
        with self.assertRaises(AccessError):
            Attachment.create({"name": "x", "raw": b"1", "regulation_fixed": True})
        message = contract.message_ids.filtered("attachment_ids")[:1]
        self.assertFalse(message and message.sudo().unlink())

    def test_other_files_free(self):
        """Files of other documents, and of drafts, are as in stock."""
        self._quick()
        partner = self.customers["xinghai"]
        attachment = self.env["ir.attachment"].create(
            {"name": "p.pdf", "raw": b"1", "res_model": "res.partner", "res_id": partner.id}
        )
        attachment.write({"raw": b"2", "name": "q.pdf"})
        attachment.unlink()

    # === WHO READS === #

    def test_archivist_reads(self):
        """The holders of the archiving role read the signed contracts, as long as they hold it."""
        self.profile.with_user(self.users["gm"]).action_retire()
        self.profile = type(self)._contract_profile(
            contract_archive_role_id=self.roles["sales_clerk"].id
        )
        contract = self._drafted()
        Contract = self.env["sales.contract"].with_user(self.users["clk"])
        self.assertFalse(Contract.search([]))
        self._quick(contract)
        self.assertEqual(Contract.search([]), contract)
        self.assertTrue(self._as(contract, "clk").can_archive)
        self._as(contract, "clk").action_original_back({})
        self.env["regulation.role.assignment"].search(
            [("role_id", "=", self.roles["sales_clerk"].id), ("company_id", "=", self.company.id)]
        ).date_to = date(2020, 12, 31)
        self.assertFalse(Contract.search([]))
        with self.assertRaises(AccessError):
            self._as(contract, "clk").action_put_on_file({})

    def test_list_queries(self):
        """The archive list costs the same for one contract and for many."""
        contracts = self.env["sales.contract"]
        for _number in range(4):
            contracts |= self._quick()
        spec = {
            name: {}
            for name in (
                "name",
                "archive_number",
                "archive_state",
                "original_overdue",
                "missing_documents",
                "document_progress",
                "can_archive",
            )
        }

        def queries(records):
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self._as(records, "leg").web_read(spec)
            return self.cr.sql_log_count - before

        queries(contracts)
        self.assertEqual(queries(contracts[:1]), queries(contracts))
