# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib

from dateutil.relativedelta import relativedelta

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.http import request

from odoo.addons.sales_regulation.tools import engine

from .confidentiality_nda_signature import IMAGES, SCANS


class ConfidentialityNda(models.Model):
    """Signing: by the person himself, in the client or on the portal, or on paper."""

    _inherit = "confidentiality.nda"

    # === ACTION METHODS === #

    def action_sign(self, values):
        """Sign one's own agreement. Nobody signs for somebody else (S4-010, S4-054).

        :param dict values: ``signer_name``, ``signature`` (base64 of the drawn image),
            ``conflict`` ("none" or "declared") and ``conflict_text`` where the wording asks
        :raise AccessError: if it is not the caller's own
        """
        self.ensure_one()
        self.check_access("read")
        self._check_signable()
        self._sign("drawn", values)

    def action_register_paper(self, values):
        """Confirm a paper that was signed by hand; the officer only, and not his own.

        :param dict values: ``signer_name``, ``signed_on``, ``scan`` (base64), ``scan_name``,
            ``conflict``, ``conflict_text``
        """
        self.ensure_one()
        self.check_access("read")
        self._check_officer()
        if self.user_id == self.env.user:
            raise AccessError(self.env._("Nobody confirms his own paper: sign in the system."))
        if self.state not in ("draft", "sent"):
            raise UserError(self.env._("%s waits for no signature.", self.display_name))
        if self.state == "draft" and self.template_id.state != "published":
            raise UserError(self.env._("%s is not published.", self.template_id.display_name))
        names = ("signer_name", "signed_on", "scan", "scan_name", "conflict", "conflict_text")
        values = self._check_values(values, names)
        raw = self.env["confidentiality.nda.signature"]._decode(values.get("scan"), SCANS)
        today = self.company_id._regulation_today()
        try:
            signed_on = fields.Date.to_date(values.get("signed_on") or None) or today
        except (TypeError, ValueError) as error:
            raise UserError(
                self.env._("%s is not a date: write it as 2026-03-21.", values["signed_on"])
            ) from error
        if signed_on > today:
            raise UserError(self.env._("A signature cannot be dated in the future."))
        self._conclude(
            "paper",
            signer_name=values["signer_name"],
            signed_on=signed_on,
            scan=values["scan"],
            scan_name=str(values.get("scan_name") or "scan.pdf"),
            file_hash=hashlib.sha256(raw).hexdigest(),
            conflict=values["conflict"],
            conflict_text=values["conflict_text"],
        )

    # === BUSINESS METHODS === #

    def _check_signable(self):
        """Raise unless the caller may sign this agreement now."""
        self.ensure_one()
        if self.env.su or not self.user_id or self.user_id != self.env.user:
            raise AccessError(
                self.env._("Nobody signs for somebody else: %s signs himself.", self.party_name)
            )
        self._check_waits()

    def _check_waits(self):
        if self.state != "sent":
            raise UserError(self.env._("%s waits for no signature.", self.display_name))

    @api.model
    def _check_values(self, values, names):
        """What a client sent, as it may be used."""
        values = dict(values) if isinstance(values, dict) else {}
        if unknown := set(values) - set(names):
            raise UserError(
                self.env._("A signature has no %s.", ", ".join(sorted(map(str, unknown))))
            )
        values["signer_name"] = str(values.get("signer_name") or "").strip()
        if not values["signer_name"]:
            raise UserError(self.env._("Who signs? Enter the full name."))
        values["conflict_text"] = str(values.get("conflict_text") or "").strip()[:4000]
        conflict = values["conflict"] = values.get("conflict") or False
        if self.sudo().template_id._asks_conflict():
            if conflict not in ("none", "declared"):
                raise UserError(
                    self.env._("Answer the declaration on conflicts of interest: none, or which.")
                )
            if conflict == "declared" and not values["conflict_text"]:
                raise UserError(self.env._("Name the conflicts of interest that you declare."))
        else:
            values["conflict"] = False
        return values

    def _sign(self, method, values):
        """The party's own drawn signature."""
        names = ("signer_name", "signature", "conflict", "conflict_text")
        values = self._check_values(values, names)
        raw = self.env["confidentiality.nda.signature"]._decode(values.get("signature"), IMAGES)
        self._conclude(
            method,
            signer_name=values["signer_name"],
            signed_on=self.company_id._regulation_today(),
            image=values["signature"],
            # What the server sees, not what the client says
            ip=request.httprequest.remote_addr if request else False,
            file_hash=hashlib.sha256(raw).hexdigest(),
            conflict=values["conflict"],
            conflict_text=values["conflict_text"],
        )

    def _conclude(self, method, **values):
        """Keep the signature with the text it was given for, and what follows from it."""
        self.ensure_one()
        # Two at once: the second finds it signed
        self.env["regulation.commitment"]._lock([("nda", self.id)])
        self.invalidate_recordset(["state"])
        if self.state not in ("draft", "sent"):
            raise UserError(self.env._("%s waits for no signature.", self.display_name))
        nda = self.sudo()
        text = str(self._text())
        signed_on = values["signed_on"]
        months = nda.template_id.validity_months
        until = months and signed_on + relativedelta(months=months, days=-1)
        Signature = self.env["confidentiality.nda.signature"].sudo()
        engine(Signature).create(
            {
                "nda_id": nda.id,
                "method": method,
                "at": fields.Datetime.now(),
                "user_id": self.env.uid,
                "lang": self._lang(),
                "text": text,
                "text_hash": Signature._hash(text),
                "template_fingerprint": nda.template_id.fingerprint,
                **values,
            }
        )
        earlier = self.sudo().search(
            [*self._same_party(), ("state", "=", "signed"), ("id", "!=", nda.id)]
        )
        earlier._end_qualifications()
        earlier._close("superseded")
        engine(nda).write(
            {
                "state": "signed",
                "signed_at": fields.Datetime.now(),
                "valid_from": signed_on,
                "valid_until": until or False,
                "qualification_id": nda._qualify(signed_on, until or False).id,
            }
        )
        nda._done_asking()
        self.env["regulation.register"]._record(
            "nda_signed",
            nda,
            lambda nda: f"{nda.kind}/{method}",
            subject_id=lambda nda: nda.user_id.id,
        )
        nda._tell_responsible()

    def _same_party(self):
        """Domain of the agreements of the same party."""
        self.ensure_one()
        return [
            ("company_id", "=", self.company_id.id),
            ("kind", "=", self.kind),
            ("user_id", "=", self.user_id.id),
            ("partner_id", "=", self.partner_id.id),
        ]

    def _qualify(self, signed_on, until):
        """The qualification that the levels demand; of employees only."""
        Qualification = self.env["regulation.qualification"].sudo()
        if not self.user_id:
            return Qualification
        return engine(Qualification).create(
            {
                "name": self.template_id.display_name,
                "kind": "nda",
                "user_id": self.user_id.id,
                "company_id": self.company_id.id,
                "date": signed_on,
                "valid_until": until,
                "passed": True,
                "res_model": self._name,
                "res_id": self.id,
            }
        )

    def _shorten_qualifications(self, until):
        """The NDA counts until a day at most, with no job needed on it.

        A qualification is never edited: a shorter one takes its place.
        """
        longer = self.sudo().filtered(
            lambda nda: (row := nda.qualification_id)
            and not row.revoked_at
            and (not row.valid_until or row.valid_until > until)
        )
        old = longer.qualification_id
        new = engine(old).create(
            [
                {
                    "name": row.name,
                    "kind": row.kind,
                    "user_id": row.user_id.id,
                    "company_id": row.company_id.id,
                    "date": row.date,
                    "valid_until": until,
                    "passed": row.passed,
                    "res_model": row.res_model,
                    "res_id": row.res_id,
                }
                for row in old
            ]
        )
        longer._end_qualifications()
        by_nda = {row.res_id: row.id for row in new}
        for nda in longer:
            engine(nda).qualification_id = by_nda[nda.id]

    def _end_qualifications(self, everything=False):
        """The NDA does not count any more.

        :param everything: whatever else says that these people have one does not either
        """
        rows = self.sudo().qualification_id
        if everything:
            users = self.sudo().user_id
            rows |= rows.search([("kind", "=", "nda"), ("user_id", "in", users.ids)]).filtered(
                lambda row: row.company_id in self.sudo().company_id
            )
        rows = rows.filtered(lambda row: not row.revoked_at)
        engine(rows).write({"revoked_by_id": self.env.uid, "revoked_at": fields.Datetime.now()})

    def _tell_responsible(self):
        """Whoever is responsible for a business partner learns that he has signed."""
        for nda in self.filtered(lambda nda: nda.partner_id and nda.responsible_id):
            nda.with_user(SUPERUSER_ID).message_notify(
                partner_ids=nda.responsible_id.partner_id.ids,
                subject=nda.display_name,
                body=self.env._("%s has signed the confidentiality agreement.", nda.party_name),
            )
