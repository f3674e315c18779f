# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from odoo.addons.sales_regulation.tools import engine, is_engine

from .confidentiality_nda_template import OFFICER

OPEN = ("draft", "sent")


class ConfidentialityNda(models.Model):
    """The non-disclosure agreement of one person or business partner (C53).

    Sent by the officer or by the nightly job, signed by the person himself, or on paper and
    confirmed by the officer. A signed one gives the employee the qualification that the
    levels demand; its end takes the rights along at the next request.
    """

    _name = "confidentiality.nda"
    _description = "Confidentiality Agreement"
    _inherit = ["regulation.sealed", "portal.mixin", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {
            "name",
            "kind",
            "state",
            "sent_at",
            "signed_at",
            "valid_from",
            "valid_until",
            "grace_until",
            "qualification_id",
            "revoked_by_id",
            "revoked_at",
            "revoke_reason",
        }
    )
    #: who promises what, fixed when it is sent
    _content_fields = frozenset({"template_id", "user_id", "partner_id", "company_id"})

    name = fields.Char(string="Number", readonly=True, copy=False, default="/")
    template_id = fields.Many2one(
        comodel_name="confidentiality.nda.template",
        string="Wording",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('state', '=', 'published'), ('company_id', 'in', [False, company_id])]",
    )
    kind = fields.Selection(related="template_id.kind", string="Kind", store=True, index=True)
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Employee",
        index="btree_not_null",
        ondelete="restrict",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Business Partner",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        help="The company that signs: a partner, dealer or customer.",
    )
    party_name = fields.Char(string="Party", compute="_compute_party_name", compute_sudo=True)
    responsible_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        default=lambda self: self.env.user,
        copy=False,
        help="Who is told when a business partner has signed.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("sent", "To Sign"),
            ("signed", "Signed"),
            ("expired", "Expired"),
            ("superseded", "Superseded"),
            ("revoked", "Revoked"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        index=True,
    )
    sent_at = fields.Datetime(readonly=True, copy=False)
    signed_at = fields.Datetime(readonly=True, copy=False)
    valid_from = fields.Date(readonly=True, copy=False)
    valid_until = fields.Date(readonly=True, copy=False, help="Empty: without end.")
    grace_until = fields.Date(
        string="Counts until",
        readonly=True,
        copy=False,
        help="A newer wording is in force: this one counts until then.",
    )
    signature_ids = fields.One2many(
        comodel_name="confidentiality.nda.signature",
        inverse_name="nda_id",
        string="Signatures",
        readonly=True,
    )
    signer_name = fields.Char(string="Signed by", compute="_compute_signature", compute_sudo=True)
    signature_image = fields.Image(
        string="Signature", compute="_compute_signature_image", compute_sudo=True
    )
    text_hash = fields.Char(
        string="SHA-256 of the Text", compute="_compute_signature", compute_sudo=True
    )
    text = fields.Html(string="Text", compute="_compute_text", compute_sudo=True, sanitize=False)
    qualification_id = fields.Many2one(
        comodel_name="regulation.qualification", readonly=True, copy=False, ondelete="restrict"
    )
    revoked_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    revoked_at = fields.Datetime(readonly=True, copy=False)
    revoke_reason = fields.Char(string="Reason", readonly=True, copy=False)
    is_mine = fields.Boolean(compute="_compute_is_mine")
    is_officer = fields.Boolean(compute="_compute_is_mine")
    officer_names = fields.Char(
        string="Questions?",
        compute="_compute_officer_names",
        compute_sudo=True,
        help="The confidentiality officers of the company (S4-042).",
    )
    exam_due = fields.Boolean(
        string="Examination due",
        compute="_compute_exam_due",
        search="_search_exam_due",
        compute_sudo=True,
    )

    _one_party = models.Constraint(
        "CHECK(num_nonnulls(user_id, partner_id) = 1)",
        "An agreement is signed by an employee or by a business partner.",
    )
    _open_user_uniq = models.UniqueIndex(
        "(company_id, user_id) WHERE state IN ('draft', 'sent') AND user_id IS NOT NULL",
        "This person has an agreement to sign already.",
    )
    _open_partner_uniq = models.UniqueIndex(
        "(company_id, partner_id, kind) WHERE state IN ('draft', 'sent')"
        " AND partner_id IS NOT NULL",
        "This business partner has an agreement to sign already.",
    )
    _signed_idx = models.Index("(partner_id, valid_until) WHERE state = 'signed'")

    # === COMPUTE METHODS === #

    @api.depends("user_id", "partner_id")
    def _compute_party_name(self):
        for nda in self:
            nda.party_name = nda.user_id.name or nda.partner_id.name

    @api.depends("name", "user_id", "partner_id")
    def _compute_display_name(self):
        for nda in self:
            nda.display_name = f"{nda.name} {nda.party_name}"

    @api.depends("signature_ids")
    def _compute_signature(self):
        latest = {}
        for signature in self.sudo().signature_ids:
            latest.setdefault(signature.nda_id.id, signature)
        none = self.env["confidentiality.nda.signature"]
        for nda in self:
            signature = latest.get(nda._origin.id, none)
            nda.signer_name = signature.signer_name
            nda.text_hash = signature.text_hash

    @api.depends("signature_ids")
    def _compute_signature_image(self):
        for nda in self:
            nda.signature_image = nda.sudo().signature_ids[:1].image

    @api.depends("signature_ids", "template_id", "user_id", "partner_id", "company_id")
    @api.depends_context("lang")
    def _compute_text(self):
        for nda in self:
            nda.text = nda._text() if nda.template_id else False

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        officer = self.env.user.has_group(OFFICER)
        for nda in self:
            nda.is_mine = nda.user_id == self.env.user
            nda.is_officer = officer

    @api.depends("company_id")
    def _compute_officer_names(self):
        officers = self.env.ref(OFFICER).all_user_ids.filtered("active")
        for nda in self:
            nda.officer_names = ", ".join(
                user.name for user in officers if nda.company_id in user.company_ids
            )

    def _compute_access_url(self):
        super()._compute_access_url()
        for nda in self:
            nda.access_url = f"/my/nda/{nda.id}"

    @api.depends("state", "user_id")
    def _compute_exam_due(self):
        self.exam_due = False
        signed = self.filtered(lambda nda: nda.state == "signed" and nda.user_id)
        if not signed:
            return
        policies = self.env["regulation.profile"]._resolve(
            {nda.id: (nda.company_id, nda.user_id, self.env["crm.team"]) for nda in signed}
        )
        Qualification = self.env["regulation.qualification"]
        for company, ndas in signed.grouped("company_id").items():
            passed = Qualification._valid_users(ndas.user_id, "exam", company)
            for nda in ndas:
                nda.exam_due = bool(
                    nda.user_id not in passed
                    and policies[nda.id].get("confidentiality_exam_id")
                )

    def _search_exam_due(self, operator, value):
        if operator != "in":
            return NotImplemented
        # The reader's own: what others owe is in the attendance and the results
        mine = self.search([("user_id", "=", self.env.uid), ("state", "=", "signed")])
        due = mine.filtered("exam_due")
        return [("id", "in" if True in value else "not in", due.ids)]

    # === CONSTRAINT METHODS === #

    @api.constrains("template_id", "user_id", "partner_id", "company_id")
    def _check_party(self):
        for nda in self:
            if (nda.kind == "employee") != bool(nda.user_id):
                raise ValidationError(
                    self.env._("%s is not signed by such a party.", nda.template_id.display_name)
                )
            if nda.template_id.company_id not in (self.env["res.company"], nda.company_id):
                raise ValidationError(self.env._("This wording belongs to another company."))
            if nda.user_id.share:
                raise ValidationError(self.env._("Only employees sign the NDA of employees."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if vals.get("partner_id"):
                # The company signs, whoever of it holds the pen
                partner = self.env["res.partner"].browse(vals["partner_id"])
                vals["partner_id"] = partner.commercial_partner_id.id
        ndas = super().create(vals_list)
        ndas._check_keeper()
        sequence = self.env["ir.sequence"].sudo()
        for nda in ndas:
            numbered = sequence.with_company(nda.company_id)
            engine(nda.sudo()).name = numbered.next_by_code("confidentiality.nda") or "/"
        return ndas

    def write(self, vals):
        if self._content_fields & set(vals) and not is_engine(self.env):
            if any(nda.state != "draft" for nda in self):
                raise UserError(
                    self.env._("What was sent to be signed is fixed: withdraw it, make another.")
                )
        result = super().write(vals)
        if self._content_fields & set(vals) or "responsible_id" in vals:
            self._check_keeper()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_draft(self):
        if any(nda.state != "draft" for nda in self):
            raise UserError(self.env._("An agreement that was sent is kept: revoke it."))

    # === ACTION METHODS === #

    def action_send(self):
        """Ask the party to sign: a task for the employee, a link for the business partner.

        By the officer, or by whoever is responsible for a business partner (S4-037, S4-047).
        """
        self.check_access("write")
        self._check_keeper()
        for nda in self:
            if nda.state != "draft":
                raise UserError(self.env._("%s was sent already.", nda.display_name))
            if nda.template_id.state != "published":
                raise UserError(
                    self.env._("%s is not published.", nda.template_id.display_name)
                )
        self._send()

    def action_revoke(self, reason=None):
        """End an agreement, or withdraw one that is not signed; the officer only.

        The employee's rights are gone at his next request.

        :param str reason: why; stays on record
        """
        self.check_access("read")
        self._check_officer()
        reason = str(reason or "").strip()
        if not reason:
            raise UserError(self.env._("Say why: the reason is missing."))
        for nda in self:
            if nda.state not in ("sent", "signed"):
                raise UserError(
                    self.env._("%s is neither signed nor to be signed.", nda.display_name)
                )
        ndas = self.sudo()
        signed = ndas.filtered(lambda nda: nda.state == "signed")
        signed._end_qualifications(everything=True)
        # Nobody signs himself back in by a renewal that he was sent before
        waiting = ndas.browse()
        for nda in signed:
            waiting |= nda.search([*nda._same_party(), ("state", "in", OPEN)])
        (self | waiting.with_env(self.env))._close(
            "revoked",
            revoked_by_id=self.env.uid,
            revoked_at=fields.Datetime.now(),
            revoke_reason=reason,
        )

    def action_ask_revoke(self):
        """Ask for the reason."""
        return self._open_wizard("revoke")

    def action_open_sign(self):
        """Let the employee sign in the client."""
        self.ensure_one()
        self._check_signable()
        return self._open_wizard("sign")

    def action_ask_paper(self):
        """Let the officer enter the scan of a signed paper."""
        self.ensure_one()
        self._check_officer()
        return self._open_wizard("paper")

    def action_preview(self):
        """The page on which the party reads and signs."""
        self.ensure_one()
        self.check_access("read")
        return {"type": "ir.actions.act_url", "target": "self", "url": self.access_url}

    def action_take_exam(self):
        """Go to the examination (C54)."""
        return self.env["survey.survey"].action_confidentiality_exam()

    # === BUSINESS METHODS === #

    @api.model
    def _valid_partners(self, partners, company, kinds=("partner", "customer"), day=None):
        """Those of ``partners`` whose company has a valid NDA on a day; one query.

        :param res.partner partners: anybody of the companies concerned
        """
        day = day or company._regulation_today()
        rows = self.sudo()._read_group(
            [
                ("partner_id", "in", partners.sudo().commercial_partner_id.ids),
                ("company_id", "=", company.id),
                ("kind", "in", list(kinds)),
                *self._running_domain(day),
            ],
            ["partner_id"],
        )
        valid = {partner.id for (partner,) in rows}
        return partners.filtered(lambda partner: partner.sudo().commercial_partner_id.id in valid)

    @api.model
    def _running_domain(self, day):
        return [
            ("state", "=", "signed"),
            ("valid_from", "<=", day),
            "|",
            ("valid_until", "=", False),
            ("valid_until", ">=", day),
            "|",
            ("grace_until", "=", False),
            ("grace_until", ">=", day),
        ]

    def _text(self):
        """As it was signed, else as the reader would sign it in his language."""
        self.ensure_one()
        if signature := self.sudo().signature_ids[:1]:
            return signature.text
        nda = self.sudo()
        return nda.template_id._render(self._lang(), nda.company_id, nda.party_name or "")

    def _get_report_base_filename(self):
        """Odoo's portal names the file of the print by this."""
        self.ensure_one()
        return self.name

    def _lang(self):
        """The reader's language, if the wording speaks it."""
        return self.env.lang or "en_US"

    def _open_wizard(self, step):
        views = {
            "sign": "confidentiality_nda_step_view_sign",
            "paper": "confidentiality_nda_step_view_paper",
            "revoke": "confidentiality_nda_step_view_revoke",
        }
        titles = {
            "sign": self.env._("Sign"),
            "paper": self.env._("Signed on Paper"),
            "revoke": self.env._("Revoke"),
        }
        return {
            "type": "ir.actions.act_window",
            "name": titles[step],
            "res_model": "confidentiality.nda.step",
            "view_mode": "form",
            "views": [(self.env.ref(f"sales_confidentiality.{views[step]}").id, "form")],
            "target": "new",
            "context": {
                "default_nda_id": self[:1].id,
                "default_signer_name": self[:1].party_name if step == "sign" else False,
            },
        }

    def _check_officer(self):
        if not (self.env.su or self.env.user.has_group(OFFICER)):
            raise AccessError(self.env._("The confidentiality officer keeps the agreements."))

    def _check_keeper(self):
        """The officer keeps all; who is responsible for a business partner, his."""
        if self.env.su or self.env.user.has_group(OFFICER):
            return
        for nda in self:
            if nda.user_id or nda.responsible_id != self.env.user:
                raise AccessError(
                    self.env._("The confidentiality officer keeps the agreements.")
                )
