# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import engine, is_engine, period_of

FIGURES = ("budgeted", "used", "sales")


class SalesExpenseReview(models.Model):
    """The regular look at expenses: is the budget kept, and what did the money bring?

    The figures are those of the moment at which it is handed in; the reviewer writes what
    he finds. Handing it in closes the duty "expense_review" (S0-70, S0-71).
    """

    _name = "sales.expense.review"
    _description = "Expense Review"
    _inherit = ["regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "date_to desc, id desc"
    _check_company_auto = True

    _sealed_fields = frozenset({"state", "user_id", "handed_in_at", *FIGURES})

    _dates = models.Constraint("CHECK(date_from <= date_to)", "The period ends after it begins.")

    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company, index=True
    )
    currency_id = fields.Many2one(related="company_id.currency_id")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Reviewer",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
    )
    date_from = fields.Date(string="From", required=True, default=lambda self: self._quarter()[0])
    date_to = fields.Date(string="To", required=True, default=lambda self: self._quarter()[1])
    budgeted = fields.Monetary(
        readonly=True, copy=False, help="Of the budgets in force in the years of the period."
    )
    used = fields.Monetary(
        string="Used and Reserved",
        readonly=True,
        copy=False,
        help="On these budgets, up to the moment of handing in. Tax included.",
    )
    execution = fields.Float(
        string="Execution (%)", compute="_compute_shares", digits=(16, 2), aggregator="avg"
    )
    sales = fields.Monetary(
        string="Invoiced Sales",
        readonly=True,
        copy=False,
        help="Since the first day of these years, without tax.",
    )
    sales_share = fields.Float(
        string="Expenses per Sales (%)",
        compute="_compute_shares",
        digits=(16, 2),
        aggregator="avg",
    )
    findings = fields.Text(
        help="Where the budget is exceeded or not used, and why (執行情況).", tracking=True
    )
    effect = fields.Text(help="What the money brought (使用效果).", tracking=True)
    waste = fields.Text(help="What was spent for nothing (浪費).", tracking=True)
    improvement = fields.Text(help="What is done about it, by whom, until when.", tracking=True)
    state = fields.Selection(
        selection=[("draft", "Draft"), ("done", "Handed in")],
        string="Status",
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    handed_in_at = fields.Datetime(readonly=True, copy=False)

    # === COMPUTE METHODS === #

    @api.depends("date_from", "date_to")
    def _compute_display_name(self):
        for review in self:
            review.display_name = f"{review.date_from or ''} - {review.date_to or ''}"

    @api.depends(*FIGURES)
    def _compute_shares(self):
        for review in self:
            review.execution = 100.0 * review.used / review.budgeted if review.budgeted else 0.0
            review.sales_share = 100.0 * review.used / review.sales if review.sales > 0 else 0.0

    @api.model
    def _quarter(self):
        """First and last day of the quarter."""
        return period_of("quarterly", fields.Date.context_today(self))

    # === CRUD METHODS === #

    def write(self, vals):
        if not is_engine(self.env):
            self._check_open(vals)
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_done(self):
        if any(review.state == "done" for review in self):
            raise UserError(self.env._("A review that was handed in is kept."))

    def _check_open(self, vals):
        texts = {"company_id", "date_from", "date_to", "findings", "effect", "waste", "improvement"}
        if texts & set(vals):
            if any(review.state == "done" for review in self):
                raise UserError(self.env._("A review that was handed in is not edited."))
            self._check_reviewer()

    def _check_reviewer(self):
        if self.env.uid != api.SUPERUSER_ID and any(
            review.user_id != self.env.user for review in self
        ):
            raise AccessError(self.env._("Everybody writes his own review."))

    # === ACTION METHODS === #

    def action_hand_in(self):
        """Fix the figures and hand in what was found.

        :raise UserError: if a part of it is missing
        """
        self.check_access("write")
        self._check_reviewer()
        for review in self:
            if review.state != "draft":
                raise UserError(self.env._("This review was handed in already."))
            if not all(
                (review[name] or "").strip() for name in ("findings", "effect", "improvement")
            ):
                raise UserError(
                    self.env._(
                        "Write down findings, effect and what is improved before handing in."
                    )
                )
            engine(review.sudo()).write(
                {
                    "state": "done",
                    "handed_in_at": fields.Datetime.now(),
                    **review.sudo()._prepare_figures(),
                }
            )
        self.env["regulation.duty"]._close(
            self,
            "expense_review",
            user=lambda review: review.user_id,
            day=lambda review: review.date_to,
        )

    def _prepare_figures(self):
        """Budget, use and sales of the years of the period, in the currency of the company."""
        self.ensure_one()
        first, last = self.date_from.replace(month=1, day=1), self.date_to
        lines = self.env["sales.budget.line"].search(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "in", ("approved", "closed")),
                ("year", ">=", first.year),
                ("year", "<=", last.year),
            ]
        )
        [(sales,)] = self.env["account.move"]._read_group(
            [
                ("company_id", "=", self.company_id.id),
                ("state", "=", "posted"),
                ("move_type", "in", ("out_invoice", "out_refund")),
                ("date", ">=", first),
                ("date", "<=", last),
            ],
            [],
            ["amount_untaxed_signed:sum"],
        )
        return {
            "budgeted": sum(lines.mapped("amount")),
            "used": sum(lines.mapped("used")),
            "sales": sales or 0.0,
        }
