# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import replace

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import engine


class RegulationRelease(models.Model):
    """Special release: who let one document pass one gate, and why (特批).

    For one document and one gate, with reason, optional amount and expiry, used once.
    A record, never a flag on the document: it explains itself afterwards. What is asked for
    does not change afterwards, and where the document says what it is about
    (``_release_content``) it counts for that content: what is granted is what was read.
    """

    _name = "regulation.release"
    _description = "Special Release"
    _inherit = ["regulation.about", "regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {
            "state",
            "requested_by_id",
            "decided_by_id",
            "decided_at",
            "used_by_id",
            "used_at",
            "company_id",
            "asked_user_ids",
            "fingerprint",
        }
    )
    #: what is asked for: said once
    _asked_fields = frozenset({"reason", "amount", "currency_id", "expires_at"})

    name = fields.Char(compute="_compute_name", string="Document Name", compute_sudo=True)
    gate_id = fields.Many2one(
        comodel_name="regulation.gate", required=True, ondelete="restrict", index=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True, index=True)
    reason = fields.Text(required=True, tracking=True)
    amount = fields.Monetary(
        tracking=True,
        help="The shortage that is let pass, at most. 0: whatever is short.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", default=lambda self: self.env.company.currency_id
    )
    expires_at = fields.Datetime(
        string="Valid until", tracking=True, help="Empty: until it is used."
    )
    state = fields.Selection(
        selection=[
            ("requested", "Requested"),
            ("granted", "Granted"),
            ("used", "Used"),
            ("refused", "Refused"),
            ("revoked", "Revoked"),
            ("withdrawn", "Withdrawn"),
        ],
        default="requested",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    is_expired = fields.Boolean(compute="_compute_is_expired")
    requested_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    decided_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    used_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    used_at = fields.Datetime(readonly=True, copy=False)
    asked_user_ids = fields.Many2many(
        comodel_name="res.users",
        string="Asked",
        readonly=True,
        copy=False,
        help="Holders of the releasing role when it was requested.",
    )
    can_decide = fields.Boolean(compute="_compute_can_decide", search="_search_can_decide")
    fingerprint = fields.Char(
        readonly=True, copy=False, help="Of the document when it was asked for: it covers no other."
    )
    can_withdraw = fields.Boolean(compute="_compute_can_decide")

    _document_idx = models.Index("(res_model, res_id, gate_id)")

    # === COMPUTE METHODS === #

    @api.depends("res_model", "res_id")
    def _compute_name(self):
        names = self._document_names()
        for release in self:
            release.name = names.get(release.id, release.res_id)

    @api.depends("name", "gate_id")
    def _compute_display_name(self):
        for release in self:
            release.display_name = f"{release.name}: {release.gate_id.name}"

    @api.depends("expires_at", "state")
    def _compute_is_expired(self):
        now = fields.Datetime.now()
        for release in self:
            release.is_expired = bool(
                release.state == "granted" and release.expires_at and release.expires_at < now
            )

    @api.depends("state", "gate_id", "res_id")
    @api.depends_context("uid")
    def _compute_can_decide(self):
        open_requests = self.filtered(lambda release: release.state == "requested")
        roles = open_requests._roles()
        held = {
            company: self.env["regulation.role"]
            .union(*roles.values())
            ._held_by(self.env.user, company)
            for company in open_requests.company_id
        }
        for release in self:
            role = roles.get(release.id)
            release.can_decide = bool(role and role in held[release.company_id])
            release.can_withdraw = (
                release.state == "requested" and release.requested_by_id == self.env.user
            )

    def _search_can_decide(self, operator, value):
        if operator != "in":
            return NotImplemented
        # Open requests are few, and who holds the role is known today only
        mine = self.search([("state", "=", "requested")]).filtered("can_decide")
        return [("id", "in" if True in value else "not in", mine.ids)]

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            document = self._readable_document(vals.get("res_model"), vals.get("res_id"))
            if document._name not in self.env["regulation.gate"].sudo().browse(
                vals.get("gate_id")
            ).point_ids.mapped("model"):
                raise ValidationError(self.env._("This gate does not guard such a document."))
        releases = super().create(vals_list)
        for release in releases.sudo():
            document = release._document()
            company = document._regulation_company()
            bound = document._release_bound()
            engine(release).write(
                {
                    "company_id": company.id,
                    "fingerprint": bound._release_digests().get(document.id, False),
                    "asked_user_ids": [Command.set(release._role()._holders(company).ids)],
                }
            )
        releases._ask_role()
        return releases

    def write(self, vals):
        if {"gate_id", "res_model", "res_id"} & set(vals):
            # Company and releasing role were found for that document
            raise UserError(
                self.env._("A release stays with its document and gate: ask for another one.")
            )
        if self._asked_fields.intersection(vals):
            # Not even before it is decided: who decides may be reading it
            raise UserError(
                self.env._(
                    "What was asked for is not changed: withdraw it and ask for another one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(release.state != "requested" for release in self):
            raise UserError(self.env._("A decided release is kept as evidence."))

    # === ACTION METHODS === #

    def action_grant(self):
        """Let the document pass once. For holders of the releasing role only (S4-338).

        :raise AccessError: if the caller does not hold the role in the document's company,
            or decides for his own document where a deputy is named
        """
        self._decide("granted", "release_granted")

    def action_refuse(self):
        """Do not let it pass."""
        self._decide("refused", "refused")

    def action_withdraw(self):
        """Take an undecided request back. For who asked."""
        for release in self:
            if release.requested_by_id != self.env.user:
                raise AccessError(self.env._("Only who asked for a release withdraws it."))
            if release.state != "requested":
                raise UserError(self.env._("This request is decided already."))
        self._close("withdrawn", "withdrawn")

    def action_revoke(self):
        """Take an unused release back."""
        if any(release.state != "granted" for release in self):
            raise UserError(self.env._("Only an unused release can be revoked."))
        self._check_role()
        engine(self.sudo()).write({"state": "revoked"})
        self._note("release_revoked")

    # === BUSINESS METHODS === #

    def _readable_document(self, model, res_id):
        if model not in self.env or not hasattr(self.env[model], "_gate_pass"):
            raise ValidationError(self.env._("This document is not under the regulation."))
        document = self.env[model].browse(res_id).exists()
        if not document:
            raise ValidationError(self.env._("The document does not exist."))
        document.check_access("read")
        return document

    def _role(self):
        """The role that may grant this release, by the profile in force; empty if nobody may."""
        self.ensure_one()
        return self._roles()[self.id]

    def _roles(self):
        """``{release id: role}``, for all of them at once."""
        Role = self.env["regulation.role"].sudo()
        roles = {release.id: Role for release in self}
        for model, releases in self.grouped("res_model").items():
            documents = self.env[model].sudo().browse(releases.mapped("res_id")).exists()
            policies = documents._regulation_policies()
            for release in releases:
                if release.res_id not in policies:
                    continue
                line = policies[release.res_id].gate(release.gate_id.code)
                roles[release.id] = Role.browse(line["release_role_id"] or [] if line else [])
        return roles

    def _check_role(self):
        for release in self:
            role = release._role()
            if not role:
                raise AccessError(
                    self.env._("The regulation in force knows no special release here.")
                )
            if not role._held_by(self.env.user, release.company_id):
                raise AccessError(
                    self.env._(
                        "Only %(role)s decides on this release (%(holders)s).",
                        role=role.name,
                        holders=", ".join(role._holders(release.company_id).mapped("name")) or "-",
                    )
                )

    def _decide(self, state, event):
        if any(release.state != "requested" for release in self):
            raise UserError(self.env._("This request is decided already."))
        self._check_role()
        for release in self:
            document = release.sudo()._document()
            if not document:
                raise UserError(self.env._("The document does not exist any more."))
            if self.env.user in document._regulation_owners() and state == "granted":
                policy = document._regulation_policies()[document.id]
                if policy.get("deputy_role_id"):
                    raise AccessError(
                        self.env._("It is your own document: the deputy decides on its release.")
                    )
                release._note("self_decided")
            if state == "granted" and not release._for_content_of(document):
                raise UserError(
                    self.env._(
                        "%s was changed after the release had been asked for: it has to be asked"
                        " for again.",
                        document.display_name,
                    )
                )
        self._close(state, event, decided_by_id=self.env.uid, decided_at=fields.Datetime.now())

    def _close(self, state, event, **values):
        engine(self.sudo()).write({"state": state, **values})
        self.sudo().activity_unlink(["mail.mail_activity_data_todo"])
        self._note(event)

    def _for_content_of(self, document):
        """Whether the document is still what the release was asked for."""
        self.ensure_one()
        if not self.fingerprint:
            return True
        return document._release_digests().get(document.id) == self.fingerprint

    def _note(self, event):
        Register = self.env["regulation.register"]
        for release in self:
            Register._record(
                event,
                self.env[release.res_model].sudo().browse(release.res_id),
                gate=release.gate_id.code,
                company_id=release.company_id.id,
                amount=release.amount,
                currency_id=release.currency_id.id,
            )

    def _ask_role(self):
        for release in self:
            for user in release.sudo().asked_user_ids[:3]:
                release.sudo().activity_schedule(
                    "mail.mail_activity_data_todo",
                    user_id=user.id,
                    summary=self.env._("Decide on a special release"),
                )

    @api.model
    def _match(self, refusals):
        """Name in each enforced refusal the unused release that covers it; one query."""
        if not any(refusal.mode == "enforce" and refusal.record.id for refusal in refusals):
            return refusals
        granted = self.search(
            [
                ("state", "=", "granted"),
                ("res_model", "in", list({refusal.record._name for refusal in refusals})),
                ("res_id", "in", [refusal.record.id for refusal in refusals]),
                "|",
                ("expires_at", "=", False),
                ("expires_at", ">=", fields.Datetime.now()),
            ],
            order="id",
        )
        if not granted:
            return refusals
        return [replace(refusal, release_id=granted._covering(refusal).id) for refusal in refusals]

    def _covering(self, refusal):
        for release in self:
            if (
                release.res_model == refusal.record._name
                and release.res_id == refusal.record.id
                and release.gate_id.code == refusal.gate
                and release._covers_amount(refusal)
                and release._for_content_of(refusal.record.sudo())
            ):
                return release
        return self.browse()

    def _covers_amount(self, refusal):
        if not self.amount or not refusal.amount:
            return True
        shortage = refusal.amount
        if refusal.currency and refusal.currency != self.currency_id:
            shortage = refusal.currency._convert(
                shortage, self.currency_id, self.company_id, fields.Date.today()
            )
        return self.currency_id.compare_amounts(self.amount, shortage) >= 0

    @api.model
    def _consume(self, refusals):
        """Use up the releases of these refusals. A release used elsewhere meanwhile makes
        the transaction fail and be replayed, which then finds it used."""
        releases = self.browse([refusal.release_id for refusal in refusals])
        engine(releases).write(
            {"state": "used", "used_by_id": self.env.uid, "used_at": fields.Datetime.now()}
        )
        releases.flush_recordset(["state"])
        for refusal in refusals:
            self.env["regulation.register"]._record(
                "released",
                refusal.record,
                gate=refusal.gate,
                clauses=",".join(refusal.clauses),
                profile_id=refusal.profile_id,
                amount=refusal.amount,
                currency_id=refusal.currency.id if refusal.currency else False,
            )
