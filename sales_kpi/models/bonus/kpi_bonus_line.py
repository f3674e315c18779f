# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from odoo.addons.sales_regulation.tools import is_engine

from ...tools import plain


class KpiBonusLine(models.Model):
    """What one person gets of one scheme, how it comes about, and why it is late (C45)."""

    _name = "kpi.bonus.line"
    _description = "Line of a Bonus Sheet"
    _inherit = ["regulation.sealed", "regulation.protected"]
    _order = "sheet_id desc, user_id, id"
    _check_company_auto = True

    #: of these HR writes while the sheet is a draft; everything else is computed
    _editable = frozenset({"adjustment", "adjust_reason"})

    _reduction = models.Constraint(
        "CHECK(adjustment <= 0)", "A bonus is reduced by hand, not raised: enter a negative amount."
    )

    sheet_id = fields.Many2one(
        comodel_name="kpi.bonus.sheet",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    company_id = fields.Many2one(
        related="sheet_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    state = fields.Selection(related="sheet_id.state", store=True, precompute=True, index=True)
    date_from = fields.Date(
        related="sheet_id.date_from", string="Paid with", store=True, precompute=True
    )
    period_from = fields.Date(
        string="For", required=True, readonly=True, index=True, help="First day of the period."
    )
    scheme_id = fields.Many2one(
        comodel_name="kpi.bonus.scheme",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    mode = fields.Selection(related="scheme_id.mode", store=True, precompute=True)
    counts_in_cap = fields.Boolean(readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        readonly=True,
        ondelete="restrict",
        index=True,
    )
    team_id = fields.Many2one(
        comodel_name="crm.team", string="Sales Team", readonly=True, ondelete="restrict", index=True
    )
    viewer_ids = fields.Many2many(
        comodel_name="res.users",
        relation="kpi_bonus_line_viewer_rel",
        string="Superiors",
        readonly=True,
        help="Who may see it beside the person, if the regulation says so.",
    )
    score_sheet_id = fields.Many2one(
        comodel_name="kpi.sheet", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    commission_id = fields.Many2one(
        comodel_name="kpi.commission", readonly=True, ondelete="restrict", index="btree_not_null"
    )
    origin_id = fields.Many2one(
        comodel_name="kpi.bonus.line",
        string="Held Line",
        readonly=True,
        ondelete="restrict",
        index="btree_not_null",
        help="The line of an earlier sheet that was held and is paid now.",
    )
    score = fields.Float(digits=(16, 2), readonly=True, aggregator="avg")
    sales = fields.Monetary(readonly=True, help="Untaxed, on the basis of the scheme.")
    attained = fields.Float(
        string="Attained (%)", digits=(16, 2), readonly=True, aggregator="avg"
    )
    weight = fields.Float(digits=(16, 4), readonly=True, aggregator=None)
    weight_total = fields.Float(digits=(16, 4), readonly=True, aggregator=None)
    pool_amount = fields.Monetary(string="Pool", readonly=True, aggregator=None)
    due = fields.Monetary(
        readonly=True, aggregator=None, help="What it comes to for its period, as known now."
    )
    settled = fields.Monetary(
        string="Settled before",
        readonly=True,
        aggregator=None,
        help="By sheets that were handed in earlier.",
    )
    computed = fields.Monetary(readonly=True, help="Due less what was settled before.")
    adjustment = fields.Monetary(string="Reduction")
    adjust_reason = fields.Char(string="Reduced because")
    amount = fields.Monetary(compute="_compute_amount", store=True, precompute=True)
    held = fields.Boolean(readonly=True, help="Until the customers have paid.")
    payable = fields.Monetary(compute="_compute_amount", store=True, precompute=True)
    late_reason = fields.Selection(
        selection=[
            ("late", "Entitled in an earlier period"),
            ("changed", "The contract was changed"),
            ("cancelled", "The order was cancelled"),
            ("unpaid", "The deposit was paid back"),
            ("revision", "The scores were corrected"),
            ("collected", "The customers have paid"),
        ],
        string="Late because",
        readonly=True,
    )
    explanation = fields.Char(compute="_compute_explanation")

    # === COMPUTE METHODS === #

    @api.depends("computed", "adjustment", "held")
    def _compute_amount(self):
        for line in self:
            line.amount = line.computed + line.adjustment
            line.payable = 0.0 if line.held else line.amount

    @api.depends("user_id", "scheme_id")
    def _compute_display_name(self):
        for line in self:
            line.display_name = f"{line.user_id.sudo().name}, {line.scheme_id.sudo().name}"

    @api.depends(
        *("computed", "due", "settled", "adjustment", "adjust_reason", "held", "late_reason"),
        *("score", "sales", "attained", "weight", "weight_total", "pool_amount"),
    )
    @api.depends_context("lang")
    def _compute_explanation(self):
        reasons = dict(self._fields["late_reason"]._description_selection(self.env))
        for line in self:
            money = line.currency_id.format
            text = line._how()
            if line.late_reason:
                text = self.env._(
                    "%(reason)s (for %(period)s): %(text)s",
                    reason=reasons[line.late_reason],
                    period=f"{line.period_from:%Y-%m}",
                    text=text,
                )
            if line.settled:
                text = self.env._(
                    "%(text)s; less %(settled)s settled before = %(computed)s",
                    text=text,
                    settled=money(line.settled),
                    computed=money(line.computed),
                )
            if line.adjustment:
                text = self.env._(
                    "%(text)s; reduced by %(reduction)s: %(reason)s",
                    text=text,
                    reduction=money(-line.adjustment),
                    reason=line.adjust_reason or "",
                )
            if line.held:
                text = self.env._("%s; held until the customers have paid", text)
            line.explanation = text

    def _how(self):
        """How what is due comes about, in a sentence."""
        scheme = self.scheme_id.sudo()
        money = self.currency_id.format
        if self.commission_id:
            return self.commission_id.sudo().explanation
        if scheme.mode == "individual":
            return self._how_individual(scheme, money)
        if not self.weight:
            return self.env._("No score: no share of the pool of %s", money(self.pool_amount))
        values = {
            "pool": money(self.pool_amount),
            "score": plain(self.score, 2),
            "sales": money(self.sales),
            "weight": plain(self.weight, 2),
            "total": plain(self.weight_total, 2),
            "due": money(self.due),
        }
        if scheme.distribution == "score":
            return self.env._("Pool of %(pool)s x score %(score)s / %(total)s = %(due)s", **values)
        return self.env._(
            "Pool of %(pool)s x (sales of %(sales)s x score %(score)s %% = %(weight)s) / %(total)s"
            " = %(due)s",
            **values,
        )

    def _how_individual(self, scheme, money):
        values = {
            "base": money(scheme.base_amount),
            "attained": plain(self.attained, 1),
            "limit": plain(scheme.cap),
            "least": plain(scheme.least),
            "due": money(self.due),
        }
        if scheme.least and self.attained < scheme.least:
            return self.env._("%(attained)s %% of target are less than %(least)s %%", **values)
        if scheme.cap and self.attained > scheme.cap:
            return self.env._(
                "%(base)s x %(attained)s %% of target, at most %(limit)s %% = %(due)s", **values
            )
        return self.env._("%(base)s x %(attained)s %% of target = %(due)s", **values)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not is_engine(self.env):
            raise AccessError(self.env._("The lines of a bonus sheet are computed."))
        lines = super().create(vals_list)
        lines._check_unpaid()
        return lines

    def write(self, vals):
        if not is_engine(self.env):
            if set(vals) - self._editable:
                raise AccessError(self.env._("Only a reduction is entered by hand."))
            self.sheet_id._check_manager()
            self.sheet_id._check_open()
            if any(line.user_id == self.env.user for line in self):
                raise AccessError(self.env._("Nobody edits his own bonus."))
        self._check_unpaid()
        result = super().write(vals)
        if not is_engine(self.env):
            self._note_reduction()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_computed(self):
        if not is_engine(self.env):
            raise AccessError(self.env._("The lines of a bonus sheet are computed."))
        self._check_unpaid()

    def _check_unpaid(self):
        """Raise AccessError for a paid sheet: not even the system writes it."""
        if any(sheet.state == "paid" for sheet in self.sudo().sheet_id):
            raise AccessError(self.env._("A paid bonus sheet is not changed by anybody."))

    def _note_reduction(self):
        for line in self:
            if line.adjustment and not (line.adjust_reason or "").strip():
                raise UserError(
                    self.env._("Say why the bonus of %s is reduced.", line.user_id.sudo().name)
                )
            if line.adjustment and line.amount < 0 <= line.computed:
                raise UserError(self.env._("A bonus is reduced to nothing, not below."))
            self.env["regulation.register"]._record(
                "bonus_reduced",
                line,
                code=f"user {line.user_id.id}",
                amount=-line.adjustment,
                currency_id=line.currency_id.id,
            )

    # === ACTION METHODS === #

    def action_open_evidence(self):
        """Open what the line rests on: the score sheet, or the order of a commission."""
        self.ensure_one()
        self.check_access("read")
        if self.commission_id:
            return self.commission_id.action_open_order()
        if not self.score_sheet_id:
            raise UserError(self.env._("No single record stands behind this line."))
        return {
            "type": "ir.actions.act_window",
            "res_model": "kpi.sheet",
            "res_id": self.sudo().score_sheet_id.id,
            "views": [(False, "form")],
        }

    # === CONTENT === #

    def _key(self):
        """What it settles: scheme, person, first day of the period, commission."""
        return self.scheme_id.id, self.user_id.id, self.period_from, self.commission_id.id

    def _content(self):
        """What the line says, for the fingerprint."""
        self.ensure_one()
        numbers = ("due", "settled", "computed", "adjustment", "amount", "payable", "score")
        return [
            self.scheme_id.id,
            self.user_id.id,
            str(self.period_from),
            self.commission_id.id or 0,
            self.origin_id.id or 0,
            self.score_sheet_id.id or 0,
            bool(self.held),
            self.late_reason or "",
            self.adjust_reason or "",
            *(plain(self[name], 2) for name in numbers),
        ]
