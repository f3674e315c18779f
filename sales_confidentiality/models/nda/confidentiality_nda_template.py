# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import is_html_empty

from odoo.addons.sales_regulation.tools import engine, is_engine

OFFICER = "sales_confidentiality.group_confidentiality_officer"
KINDS = [
    ("employee", "Employee"),
    ("partner", "Partner or dealer"),
    ("customer", "Customer"),
]


class ConfidentialityNdaTemplate(models.Model):
    """The wording of a non-disclosure agreement: what everybody of a kind signs (C53).

    A published version is not edited. Its wording is kept in every language that is there
    when it is published; a new version asks everybody again, with days of grace.
    """

    _name = "confidentiality.nda.template"
    _description = "NDA Wording"
    _inherit = ["regulation.sealed", "mail.thread"]
    _order = "kind, date_from desc, id desc"

    _sealed_fields = frozenset(
        {"state", "wording", "fingerprint", "published_by_id", "published_at", "effective_at"}
    )
    #: what people sign and under which conditions; fixed when it is published
    _content_fields = frozenset(
        {
            "name",
            "kind",
            "version",
            "company_id",
            "body",
            "scope",
            "liability",
            "conflict",
            "validity_months",
            "reminder_days",
            "grace_days",
            "date_from",
        }
    )
    _text_fields = ("name", "body", "scope", "liability", "conflict")

    name = fields.Char(string="Title", required=True, translate=True)
    kind = fields.Selection(selection=KINDS, string="Signed by", required=True, default="employee")
    version = fields.Char(required=True, default="1.0", copy=False)
    company_id = fields.Many2one(
        comodel_name="res.company", index=True, help="Empty: of every company without its own."
    )
    body = fields.Html(
        string="Obligations", translate=True, help="What the person promises (保密义务)."
    )
    scope = fields.Html(translate=True, help="Which information it covers.")
    liability = fields.Html(translate=True, help="What follows from a breach (違約責任).")
    conflict = fields.Html(
        string="Conflicts of Interest",
        translate=True,
        help="A declaration to be answered with none, or by naming them. Empty: not asked for.",
    )
    validity_months = fields.Integer(
        string="Valid for (months)", default=12, help="Counted from the signature. 0: without end."
    )
    reminder_days = fields.Integer(
        string="Renewal (days before)",
        default=30,
        help="So many days before it ends the person is asked to sign again.",
    )
    grace_days = fields.Integer(
        string="Grace (days)",
        default=14,
        help="What was signed before counts for so many days after this version takes effect."
        " 0: it ends at once.",
    )
    date_from = fields.Date(string="Effective from", help="Empty: from its publication.")
    state = fields.Selection(
        selection=[("draft", "Draft"), ("published", "Published"), ("retired", "Retired")],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    wording = fields.Json(readonly=True, copy=False)
    fingerprint = fields.Char(
        readonly=True, copy=False, help="Digest of the wording in all its languages."
    )
    published_by_id = fields.Many2one(
        comodel_name="res.users", string="Published by", readonly=True, copy=False
    )
    published_at = fields.Datetime(readonly=True, copy=False)
    effective_at = fields.Datetime(
        string="Took Effect", readonly=True, copy=False, help="When people were asked for it."
    )
    nda_ids = fields.One2many(
        comodel_name="confidentiality.nda", inverse_name="template_id", string="Agreements"
    )
    nda_count = fields.Integer(string="Agreements Count", compute="_compute_nda_count")

    _figures = models.Constraint(
        "CHECK(validity_months >= 0 AND reminder_days >= 0 AND grace_days >= 0)",
        "Months and days are 0 or more.",
    )
    _version_uniq = models.UniqueIndex(
        "(kind, COALESCE(company_id, 0), version)", "This version of the wording exists already."
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "version")
    def _compute_display_name(self):
        for template in self:
            template.display_name = f"{template.name} {template.version}"

    @api.depends("nda_ids")
    def _compute_nda_count(self):
        counts = dict(
            self.env["confidentiality.nda"]._read_group(
                [("template_id", "in", self.ids)], ["template_id"], ["__count"]
            )
        )
        for template in self:
            template.nda_count = counts.get(template, 0)

    # === CRUD METHODS === #

    def write(self, vals):
        if self._content_fields & set(vals):
            self._check_draft()
        return super().write(vals)

    def _update_field_translations(self, field_name, translations, digest=None, source_lang=""):
        if field_name in self._content_fields:
            self._check_draft()
        return super()._update_field_translations(field_name, translations, digest, source_lang)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        self._check_draft()

    # === ACTION METHODS === #

    def action_publish(self):
        """Fix the wording and, from its date on, ask everybody of its kind for it (S4-010).

        :raise AccessError: if the caller is not the confidentiality officer
        """
        self._check_officer()
        self._check_draft()
        for template in self:
            if is_html_empty(template.body) or is_html_empty(template.liability):
                raise UserError(
                    self.env._(
                        "%s: obligations and liability are missing (S4-010).",
                        template.display_name,
                    )
                )
        for template in self.sudo():
            wording = template._languages()
            company = template.company_id or self.env.company
            engine(template).write(
                {
                    "state": "published",
                    "wording": wording,
                    "fingerprint": self.env["regulation.fingerprint"]._digest(wording),
                    "date_from": template.date_from or company._regulation_today(),
                    "published_by_id": self.env.uid,
                    "published_at": fields.Datetime.now(),
                }
            )
        self.env["regulation.register"]._record(
            "nda_published", self, lambda template: f"{template.kind}/{template.version}"
        )
        self._take_effect()

    def action_retire(self):
        """Nobody is asked for this wording any more; what was signed stays until it ends."""
        self._check_officer()
        published = self.filtered(lambda template: template.state == "published")
        engine(published.sudo()).write({"state": "retired"})

    def action_new_version(self):
        """Make the next version as a draft, and open it."""
        self.ensure_one()
        self._check_officer()
        head, _dot, tail = self.version.rpartition(".")
        number = int(tail) + 1 if tail.isdigit() else 1
        prefix = f"{head}." if head else ""
        taken = set(
            self.search([("kind", "=", self.kind), ("company_id", "=", self.company_id.id)]).mapped(
                "version"
            )
        )
        while f"{prefix}{number}" in taken:
            number += 1
        draft = self.copy({"version": f"{prefix}{number}", "date_from": False})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    def action_open_ndas(self):
        """The agreements of this wording."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_confidentiality.confidentiality_nda_action"
        )
        return {**action, "domain": [("template_id", "in", self.ids)], "context": {}}

    # === BUSINESS METHODS === #

    @api.model
    def _current(self, kind, company, day=None):
        """The wording in force of a kind, the company's own before the common one.

        :return: the template, empty if none is published
        """
        day = day or company._regulation_today()
        found = self.sudo().search(
            [
                ("kind", "=", kind),
                ("state", "=", "published"),
                ("date_from", "<=", day),
                ("company_id", "in", [False, company.id]),
            ]
        )
        found = found.sorted(
            lambda template: (bool(template.company_id), template.date_from, template.id),
            reverse=True,
        )
        return found[:1]

    def _take_effect(self):
        """Versions whose day has come: earlier ones run out, their parties are asked again."""
        for template in self.sudo():
            company = template.company_id or self.env.company
            if template.state != "published" or template.effective_at:
                continue
            if template.date_from > company._regulation_today():
                continue
            engine(template).write({"effective_at": fields.Datetime.now()})
            earlier = self.sudo().search(
                [
                    ("kind", "=", template.kind),
                    ("company_id", "=", template.company_id.id),
                    ("state", "=", "published"),
                    ("effective_at", "!=", False),
                    ("id", "!=", template.id),
                ]
            )
            engine(earlier).write({"state": "retired"})
            self.env["confidentiality.nda"].sudo()._ask_again(template)

    def _languages(self):
        """``{language: {part: text}}`` of the wording as it stands."""
        self.ensure_one()
        result = {}
        for code, _name in self.env["res.lang"].get_installed():
            said = self.with_context(lang=code)
            result[code] = {name: str(said[name] or "") for name in self._text_fields}
        return result

    def _wording_in(self, lang):
        """The parts of the wording in a language: as published, else as they stand."""
        self.ensure_one()
        said = self.sudo().wording or self._languages()
        return said.get(lang) or said.get("en_US") or next(iter(said.values()))

    def _render(self, lang, company, party):
        """The text that a party reads and signs.

        :return: Markup
        """
        self.ensure_one()
        said = self._wording_in(lang)
        env = self.with_context(lang=lang).env
        parts = [
            Markup("<h2>%s</h2>") % said["name"],
            Markup("<p>%s</p>")
            % env._(
                "Version %(version)s, between %(company)s and %(party)s",
                version=self.version,
                company=company.name,
                party=party,
            ),
        ]
        for title, name in (
            (env._("Scope"), "scope"),
            (env._("Obligations"), "body"),
            (env._("Liability"), "liability"),
            (env._("Conflicts of Interest"), "conflict"),
        ):
            if not is_html_empty(said[name]):
                parts.append(Markup("<h4>%s</h4>%s") % (title, Markup(said[name])))
        return Markup("").join(parts)

    def _asks_conflict(self):
        self.ensure_one()
        said = (self.sudo().wording or self._languages()).values()
        return any(not is_html_empty(parts["conflict"]) for parts in said)

    def _check_officer(self):
        if not (self.env.su or self.env.user.has_group(OFFICER)):
            raise AccessError(self.env._("The confidentiality officer keeps the NDA wordings."))

    def _check_draft(self):
        if not is_engine(self.env) and any(template.state != "draft" for template in self):
            raise UserError(
                self.env._("A published wording is fixed: make a new version to change it (C53).")
            )
