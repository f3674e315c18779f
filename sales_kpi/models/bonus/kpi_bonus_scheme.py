# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ..scheme.kpi_scheme import FREQUENCIES

BASES = [("ordered", "Ordered"), ("invoiced", "Invoiced"), ("collected", "Collected")]


class KpiBonusScheme(models.Model):
    """A way to a bonus: pool, individual bonus or commission (C45, K4).

    *Pool*: so many percent of the untaxed sales of the company, or of the team, divided by the
    locked scores. *Individual*: a base amount by the percent attained of a target. *Commission*:
    so many percent of the untaxed amount of a contract, a right that begins with its deposit.
    """

    _name = "kpi.bonus.scheme"
    _description = "Bonus Scheme"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    _figures = models.Constraint(
        "CHECK(percent BETWEEN 0 AND 100 AND base_amount >= 0 AND cap >= 0 AND least >= 0"
        " AND deposit_percent BETWEEN 0 AND 100)",
        "Percents are 0 to 100, amounts and limits not negative.",
    )

    name = fields.Char(required=True, translate=True)
    sequence = fields.Integer(default=10)
    mode = fields.Selection(
        selection=[
            ("pool", "Pool"),
            ("individual", "Individual bonus"),
            ("commission", "Commission"),
        ],
        default="pool",
        required=True,
    )
    frequency = fields.Selection(
        selection=FREQUENCIES, string="Period", default="monthly", required=True
    )
    role_id = fields.Many2one(
        comodel_name="regulation.role",
        string="For Role",
        ondelete="restrict",
        index=True,
        help="Empty: for everybody who is scored; of a commission, to whom the sale is credited.",
    )
    percent = fields.Float(
        digits=(16, 4),
        help="Of a pool: percent of the untaxed sales of the period. Of a commission: percent of the"
        " untaxed amount of the contract.",
    )
    basis = fields.Selection(
        selection=BASES,
        default="invoiced",
        required=True,
        help="Which sales make the pool, and weigh in a distribution by sales. Untaxed.",
    )
    pool_of = fields.Selection(
        selection=[("company", "Sales of the company"), ("team", "Sales of each team")],
        string="Pool of",
        default="company",
        required=True,
    )
    distribution = fields.Selection(
        selection=[("score", "By score"), ("sales_score", "By sales x score")],
        default="score",
        required=True,
        help="By the published, rounded score; what is left by rounding goes to the largest"
        " remainders.",
    )
    indicator_id = fields.Many2one(
        comodel_name="kpi.indicator",
        ondelete="restrict",
        index=True,
        help="The base amount is multiplied by the percent attained of this indicator.",
    )
    currency_id = fields.Many2one(
        comodel_name="res.currency", compute="_compute_currency_id", string="Currency"
    )
    base_amount = fields.Monetary(help="In the currency of the company.")
    least = fields.Float(
        string="From (%)", digits=(16, 2), help="Who attained less has no individual bonus."
    )
    cap = fields.Float(
        string="At most (%)",
        digits=(16, 2),
        help="More than so many percent attained do not count. 0: no upper limit.",
    )
    deposit_percent = fields.Float(
        string="Deposit (%)",
        digits=(16, 2),
        help="The right to commission begins when so many percent of the order are confirmed as"
        " paid. 0: any payment.",
    )
    keep_cancelled = fields.Boolean(
        string="Survives Cancellation",
        help="Commission is kept when the deal is cancelled later, or its deposit paid back."
        " The sale does not count in scores in either case.",
    )
    hold = fields.Boolean(
        string="Hold until Collected",
        help="Is shown and not paid until the customers have paid what it rests on.",
    )
    in_cap = fields.Boolean(
        string="Counts against the Pool",
        default=True,
        help="Together with the pool it should not exceed the pool.",
    )

    # === COMPUTE METHODS === #

    def _compute_currency_id(self):
        self.currency_id = self.env.company.currency_id

    # === BUSINESS METHODS === #

    def _check_sound(self):
        """Raise UserError if a scheme pays nothing whatever happens."""
        for scheme in self:
            if scheme.mode == "individual":
                sound = scheme.base_amount and scheme.indicator_id
                problem = self.env._("a base amount and an indicator are needed.")
            else:
                sound = scheme.percent
                problem = self.env._("the percent is missing.")
            if not sound:
                raise UserError(
                    self.env._(
                        "The bonus scheme %(scheme)s pays nothing: %(problem)s",
                        scheme=scheme.display_name,
                        problem=problem,
                    )
                )

    @api.model
    def _of_profiles(self, profiles, frequency):
        """The schemes of these profiles for a period, in order."""
        return self.sudo().search(
            [("profile_id", "in", profiles.ids), ("frequency", "=", frequency)]
        )
