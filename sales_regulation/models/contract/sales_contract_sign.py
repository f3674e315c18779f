# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
import binascii
import hashlib

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import UserError

from ...tools import engine
from .sales_contract import FIXED

#: before these the contract may be sent, reconfirmed or signed as far as the gates allow
_SENDABLE = ("draft", "returned", "approved", "sent", "reconfirmed")


class SalesContract(models.Model):
    """Sending, reconfirming and signing (S0-77, S0-78, S4-200)."""

    _inherit = "sales.contract"

    signature_waiting = fields.Boolean(
        string="Signed, in review",
        compute="_compute_signature_waiting",
        search="_search_signature_waiting",
        compute_sudo=True,
        help="The customer has signed while the contract could not be signed: what arrived is"
        " kept, the contract waits.",
    )

    @api.depends("state", "signature_ids")
    def _compute_signature_waiting(self):
        for contract in self:
            contract.signature_waiting = bool(
                contract.state not in FIXED and contract.signature_ids
            )

    def _search_signature_waiting(self, operator, value):
        if operator != "in":
            return NotImplemented
        found = [("state", "not in", FIXED), ("signature_ids", "!=", False)]
        return found if True in value else ["!", "&", *found]

    # === ACTION METHODS === #

    def action_send(self):
        """Open the mail with the contract."""
        self.ensure_one()
        self.check_access("write")
        self._check_on_the_way()
        self._gate_leaving()
        template = self.env.ref("sales_regulation.mail_template_contract", raise_if_not_found=False)
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Send the Contract"),
            "res_model": "mail.compose.message",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_model": self._name,
                "default_res_ids": self.ids,
                "default_template_id": template.id if template else False,
                "default_composition_mode": "comment",
                "mark_contract_as_sent": True,
                "force_email": True,
            },
        }

    def action_mark_sent(self):
        """Note that the contract went to the customer, by courier for instance."""
        self.check_access("write")
        self._check_on_the_way()
        self._mark_sent()

    def action_reconfirm(self, values):
        """Record that the terms were gone through with the customer once more (S0-78).

        :param dict values: ``with``: who confirmed them on the customer's side, and how
        """
        self.ensure_one()
        self.check_access("write")
        values = dict(values) if isinstance(values, dict) else {}
        person = str(values.pop("with", None) or "").strip()
        if values:
            raise UserError(
                self.env._("A reconfirmation has no %s.", ", ".join(sorted(map(str, values))))
            )
        if not person:
            raise UserError(
                self.env._("Say who confirmed the terms on the customer's side, and how.")
            )
        if self.state not in ("sent", "reconfirmed"):
            raise UserError(
                self.env._(
                    "%s was not sent: its terms are reconfirmed after that.", self.display_name
                )
            )
        contract = self.sudo()
        engine(contract).write(
            {
                "state": "reconfirmed",
                "reconfirmed_at": fields.Datetime.now(),
                "reconfirmed_by_id": self.env.uid,
                "reconfirmed_with": person,
                "reconfirmed_fingerprint": contract._content_digests()[contract.id],
            }
        )
        self._record_contract("contract_reconfirmed")

    def action_sign(self, values):
        """Record the signature by the scan of the signed paper.

        :param dict values: ``signer_name``, ``scan`` (base64), ``scan_name``, ``signed_on``
        """
        self.ensure_one()
        self.check_access("write")
        values = self._check_signature_values(values)
        self._lock_contract()
        self._check_on_the_way()
        self._check_basis()
        self._gate_pass("sign")
        self._conclude(self._store_signature("scan", **values))

    def action_accept_signature(self):
        """Take the signature that arrived while the contract could not be signed.

        It counts for the text that the customer signed and for no other.
        """
        self.ensure_one()
        self.check_access("write")
        self._lock_contract()
        self._check_on_the_way()
        digest = self._content_digests()[self.id]
        signature = self.sudo().signature_ids.filtered(lambda row: row.fingerprint == digest)[:1]
        if not signature:
            raise UserError(
                self.env._(
                    "%s: the customer signed another text. Send him this one.", self.display_name
                )
            )
        self._check_basis()
        self._gate_pass("sign")
        self._conclude(signature)

    # === MAIL === #

    def message_post(self, **kwargs):
        if not self.env.context.get("mark_contract_as_sent"):
            return super().message_post(**kwargs)
        self._check_on_the_way()
        message = super(SalesContract, self.with_context(mark_contract_as_sent=False)).message_post(
            **kwargs
        )
        self._mark_sent()
        return message

    # === BUSINESS METHODS === #

    def _check_on_the_way(self):
        states = dict(self._fields["state"]._description_selection(self.env))
        for contract in self:
            if contract.state not in _SENDABLE:
                raise UserError(
                    self.env._(
                        "%(contract)s is at “%(state)s”: this step is not next.",
                        contract=contract.display_name,
                        state=states[contract.state],
                    )
                )

    def _mark_sent(self):
        self._gate_pass("send")
        # Without reviews nothing was kept yet of what the customer reads
        self._store_version()
        fresh = self.filtered(lambda contract: contract.state not in ("sent", "reconfirmed"))
        engine(self.sudo()).write({"sent_at": fields.Datetime.now(), "sent_by_id": self.env.uid})
        engine(fresh.sudo()).write({"state": "sent"})
        fresh._record_contract("contract_sent")

    def _lock_contract(self):
        """Of two signatures at the same moment one is replayed, and finds it signed."""
        self.env["regulation.commitment"]._lock(self._contract_locks())
        self.invalidate_recordset(["state"])

    def _contract_locks(self):
        return [("contract", key) for key in self.ids]

    def _record_contract(self, event):
        self.env["regulation.register"]._record(
            event,
            self,
            code=lambda contract: contract.sudo().name or "",
            amount=lambda contract: contract.sudo().amount_untaxed,
            currency_id=lambda contract: contract.sudo().currency_id.id,
        )

    @api.model
    def _check_signature_values(self, values):
        """The values of a signature as they may be used, whatever a client sends."""
        names = ("signer_name", "scan", "scan_name", "signed_on")
        values = dict(values) if isinstance(values, dict) else {}
        if unknown := set(values) - set(names):
            raise UserError(
                self.env._("A signature has no %s.", ", ".join(sorted(map(str, unknown))))
            )
        values["signer_name"] = str(values.get("signer_name") or "").strip()
        if not values["signer_name"]:
            raise UserError(self.env._("Who signed for the customer? Enter the name."))
        if not values.get("scan"):
            raise UserError(self.env._("Add the scan of the signed contract."))
        today = self.company_id._regulation_today()
        try:
            values["signed_on"] = fields.Date.to_date(values.get("signed_on") or None) or today
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("%s is not a date: write it as 2026-03-21.", values["signed_on"])
            ) from error
        if values["signed_on"] > today:
            raise UserError(self.env._("A signature cannot be dated in the future."))
        return values

    def _store_signature(self, method, **values):
        """Append the signature to the evidence."""
        self.ensure_one()
        contract = self.sudo()
        data = values.get("scan") or values.get("image") or b""
        try:
            raw = base64.b64decode(data, validate=True)
        except (TypeError, ValueError, binascii.Error) as error:
            raise UserError(self.env._("The file is damaged: add it once more.")) from error
        return engine(contract.env["sales.contract.signature"]).create(
            {
                "contract_id": contract.id,
                "method": method,
                "at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "scan_hash": hashlib.sha256(raw).hexdigest(),
                "fingerprint": contract._content_digests()[contract.id],
                "signed_on": contract.company_id._regulation_today(),
                **values,
            }
        )

    def _conclude(self, signature):
        """The contract is signed, and what follows from it."""
        self.ensure_one()
        self._store_version()
        engine(self.sudo()).write(
            {
                "state": "signed",
                "signed_on": signature.signed_on,
                "signed_at": fields.Datetime.now(),
                "signed_by_name": signature.signer_name,
                "signed_fingerprint": signature.fingerprint,
            }
        )
        self._record_contract("contract_signed")
        self._after_signature()

    def _after_signature(self):
        """What follows a signature; extended by archive and amendments."""
        self.env["regulation.handover"]._queue("contract_signed", self)

    # === PORTAL === #

    def _portal_open(self):
        """Whether the customer may read it: it was sent and says what was approved."""
        self.ensure_one()
        if self.state in ("signed", "closed", "terminated"):
            return True
        return self.state in ("sent", "reconfirmed") and not self._gate_held("send")

    def _portal_signable(self):
        self.ensure_one()
        return (
            self._portal_open()
            and self.state not in FIXED
            and not self.signature_waiting
            and self._portal_signature_allowed()
        )

    def _portal_signature_awaited(self):
        """Whether a signature that arrives now is kept: the contract was sent once, is not
        signed, and no other signature waits."""
        self.ensure_one()
        return bool(
            self.sent_at
            and self.state not in FIXED
            and not self.signature_waiting
            and self._portal_signature_allowed()
        )

    def _portal_signature_allowed(self):
        policy = self._regulation_policies()[self.id]
        return bool(policy.get("contract_portal_signature", True))

    def _sign_on_portal(self, name, image, ip):
        """The customer's signature: it counts, or is kept and the contract waits.

        :return: "signed" or "waiting"
        """
        self.ensure_one()
        self._lock_contract()
        values = {"signer_name": name, "image": image, "ip": ip}
        reasons = [refusal.reason for refusal in self._gate_refusals("sign")]
        if (
            self.state in ("sent", "reconfirmed")
            and not self._basis_changed()
            and not self._gate_held("sign")
        ):
            try:
                with self.env.cr.savepoint():
                    self._gate_pass("sign")
                    self._conclude(self._store_signature("portal", **values))
                    return "signed"
            except UserError as error:
                # What the signature would change cannot be changed: the owner has to look
                reasons.append(str(error))
        self._store_signature("portal", waited=True, **values)
        self._record_contract("contract_signature")
        contract = self.with_user(SUPERUSER_ID)
        contract.message_post(
            body=self.env._(
                "The customer has signed, the contract waits for: %(reasons)s",
                reasons="; ".join(reasons) or self.env._("its review"),
            ),
        )
        if self.user_id:
            contract.activity_schedule(
                "mail.mail_activity_data_todo",
                user_id=self.user_id.id,
                summary=self.env._("The customer has signed: the contract waits"),
            )
        return "waiting"
