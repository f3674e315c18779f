# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from markupsafe import Markup

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ...tools import engine


class KaTierScore(models.Model):
    """Scoring sheet of a customer: weighted criteria propose a tier, a manager confirms it.

    Weights and limits come from the regulation when the sheet is made. The tier is put into
    the history by the approval "ka_tier" and in no other way (S3-16, S3-17).
    """

    _name = "ka.tier.score"
    _description = "Scoring Sheet of a Customer"
    _inherit = ["regulation.submittable", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    _sealed_fields = frozenset({"state", "user_id", "submitted_at", "applied_at"})
    _approval_kinds = frozenset({"ka_tier"})
    _approval_content_fields = ("partner_id", "company_id", "tier_id", "remove", "line_ids")
    _submittable_fields = ("reason",)

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        domain="[('parent_id', '=', False)]",
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Scored by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
    )
    line_ids = fields.One2many(
        comodel_name="ka.tier.score.line", inverse_name="score_id", string="Criteria", copy=True
    )
    score = fields.Float(
        digits=(16, 2), compute="_compute_score", help="Sum of points times weight, of 100."
    )
    proposed_tier_id = fields.Many2one(
        comodel_name="ka.tier", string="Proposed by the Score", compute="_compute_score"
    )
    tier_id = fields.Many2one(
        comodel_name="ka.tier",
        string="Another Tier",
        check_company=True,
        ondelete="restrict",
        help="Only if it is to be another than the score proposes; say why.",
    )
    remove = fields.Boolean(
        string="No Tier any more", help="The customer is lost or no key account any more."
    )
    decided_tier_id = fields.Many2one(
        comodel_name="ka.tier", string="Tier", compute="_compute_decided_tier_id"
    )
    present_tier_id = fields.Many2one(related="partner_id.ka_tier_id", string="Tier now")
    reason = fields.Text()
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "To confirm"),
            ("applied", "Confirmed"),
            ("refused", "Refused"),
        ],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
    )
    submitted_at = fields.Datetime(readonly=True, copy=False)
    applied_at = fields.Datetime(string="Confirmed on", readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("line_ids.weight", "line_ids.points", "company_id", "user_id")
    def _compute_score(self):
        policies = self._regulation_policies()
        for sheet in self:
            sheet.score = round(
                sum(line.weight * line.points for line in sheet.line_ids) / 100.0, 2
            )
            lines = self.env["regulation.profile"]._tier_policies(
                policies.get(sheet.id) or policies.get(sheet._origin.id) or {}
            )
            reached = [line for line in lines.values() if sheet.score >= line.min_score]
            best = max(reached, key=lambda line: line.min_score, default=None)
            sheet.proposed_tier_id = best.tier_id if best else False

    @api.depends("proposed_tier_id", "tier_id", "remove")
    def _compute_decided_tier_id(self):
        for sheet in self:
            sheet.decided_tier_id = (
                False if sheet.remove else sheet.tier_id or sheet.proposed_tier_id
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id")
    def _check_partner(self):
        for sheet in self:
            if sheet.partner_id.commercial_partner_id != sheet.partner_id:
                raise ValidationError(
                    self.env._(
                        "A tier is given to %(customer)s, not to a contact.",
                        customer=sheet.partner_id.commercial_partner_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "line_ids" in fields and not values.get("line_ids"):
            values["line_ids"] = [
                Command.create(vals) for vals in self._prepare_lines(self.env.company)
            ]
        return values

    @api.model_create_multi
    def create(self, vals_list):
        sheets = super().create(vals_list)
        for sheet in sheets:
            sheet._complete_lines()
        return sheets

    @api.model
    def _prepare_lines(self, company):
        """The criteria of the regulation in force for the person in that company."""
        Profile = self.env["regulation.profile"].sudo()
        if company.id not in Profile._regulated_companies():
            return []
        policy = Profile._resolve({0: (company, self.env.user, self.env["crm.team"])})[0]
        criteria = (
            self.env["regulation.tier.criterion"]
            .sudo()
            .browse(policy.get("tier_criterion_ids", ()))
        )
        return [
            {"code": row.code, "name": row.name, "weight": row.weight, "sequence": row.sequence}
            for row in criteria
        ]

    def _complete_lines(self):
        """Every criterion of the regulation has its line and its weight, whatever was sent."""
        self.ensure_one()
        given = {line.code: line for line in self.line_ids}
        wanted = self._prepare_lines(self.company_id)
        for vals in wanted:
            if line := given.pop(vals["code"], None):
                engine(line).write(vals)
            else:
                engine(self.line_ids).create({**vals, "score_id": self.id})
        if wanted:
            for line in given.values():
                engine(line).unlink()

    # === ACTION METHODS === #

    def action_submit(self):
        """Submit the sheet to who confirms tiers.

        :raise UserError: if the score proposes nothing, or it departs without a reason
        """
        self.check_access("write")
        self._check_open()
        for sheet in self:
            sheet._complete_lines()
            if not sheet.decided_tier_id and not sheet.remove:
                raise UserError(
                    self.env._(
                        "%s: the score reaches no tier of the regulation.", sheet.display_name
                    )
                )
            departs = sheet.remove or (sheet.tier_id and sheet.tier_id != sheet.proposed_tier_id)
            if departs and not (sheet.reason or "").strip():
                raise UserError(
                    self.env._(
                        "%s: say why the tier is another than the score proposes.",
                        sheet.display_name,
                    )
                )
            engine(sheet.sudo()).write(
                {"state": "submitted", "submitted_at": fields.Datetime.now()}
            )
            sheet._request_approval("ka_tier", sheet.reason or "")
        return True

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            sheet.id: {
                "customer": sheet.partner_id,
                "company": sheet.company_id,
                "tier": sheet.tier_id,
                "remove": sheet.remove,
                "points": sorted((line.code, line.weight, line.points) for line in sheet.line_ids),
            }
            for sheet in self
        }

    def _approval_granted(self, approval):
        for sheet in self:
            sheet._apply()

    def _approval_summary(self, approval):
        self.ensure_one()
        _ = self.env._
        rows = [(line.name, f"{line.points:g} x {line.weight:g} %") for line in self.line_ids]
        rows += [
            (_("Score"), f"{self.score:.2f}"),
            (_("Proposed by the Score"), self.proposed_tier_id.name or "-"),
            (_("Tier now"), self.present_tier_id.name or "-"),
            (_("Tier"), self.decided_tier_id.name or "-"),
        ]
        return Markup("<table class='table table-sm'>%s</table>") % Markup("").join(
            Markup("<tr><td>%s</td><td class='text-end'>%s</td></tr>") % row for row in rows
        )

    # === BUSINESS METHODS === #

    def _apply(self):
        """Put the confirmed tier into the history. Only after the engine's approval."""
        self.ensure_one()
        if self.state != "submitted":
            raise AccessError(self.env._("Only a confirmed sheet gives a tier."))
        tier = self.decided_tier_id
        today = self.company_id._regulation_today()
        self.env["regulation.commitment"]._lock(
            [("ka_tier", self.company_id.id, self.partner_id.id)]
        )
        Assignment = engine(self.env["ka.tier.assignment"].sudo())
        present = Assignment.search(
            [
                ("partner_id", "=", self.partner_id.id),
                ("company_id", "=", self.company_id.id),
                ("date_to", "=", False),
            ]
        )
        if present.tier_id != tier:
            present.write({"date_to": today, "end_reason": "changed" if tier else "lost"})
            present.flush_recordset()
            if tier:
                Assignment.create(
                    {
                        "partner_id": self.partner_id.id,
                        "company_id": self.company_id.id,
                        "tier_id": tier.id,
                        "previous_tier_id": present.tier_id.id,
                        "date_from": today,
                        "score": self.score,
                    }
                )
            self.env["regulation.register"]._record("tier_changed", self, code=tier.code or "none")
        engine(self).write({"state": "applied", "applied_at": fields.Datetime.now()})
        self.partner_id.invalidate_recordset(["ka_tier_id"])
