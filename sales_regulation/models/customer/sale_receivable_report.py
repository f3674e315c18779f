# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.tools import SQL


class SaleReceivableReport(models.Model):
    """Open receivables by age: who owes what, since when, and who collects it (S4-265)."""

    _name = "sale.receivable.report"
    _description = "Receivables by Age"
    _auto = False
    _order = "days_overdue desc, id"
    _rec_name = "move_id"

    move_id = fields.Many2one(comodel_name="account.move", string="Invoice or Entry", readonly=True)
    partner_id = fields.Many2one(comodel_name="res.partner", string="Customer", readonly=True)
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        readonly=True,
        help="Of the invoice, else of the customer: he collects it (S2-51).",
    )
    team_id = fields.Many2one(comodel_name="crm.team", string="Sales Team", readonly=True)
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    currency_id = fields.Many2one(comodel_name="res.currency", readonly=True)
    invoice_date = fields.Date(readonly=True)
    date_due = fields.Date(string="Due Date", readonly=True)
    days_overdue = fields.Integer(readonly=True, aggregator="max")
    bucket = fields.Selection(
        selection=[
            ("0", "Not due"),
            ("1", "1-30 days"),
            ("2", "31-60 days"),
            ("3", "61-90 days"),
            ("4", "Over 90 days"),
        ],
        string="Age",
        readonly=True,
    )
    amount = fields.Monetary(string="Open Amount", readonly=True, aggregator="sum")

    _depends = {
        "account.move.line": [
            "partner_id",
            "amount_residual",
            "date_maturity",
            "reconciled",
            "account_id",
        ],
        "account.move": ["state", "invoice_user_id", "team_id", "invoice_date"],
        "res.partner": ["commercial_partner_id", "user_id"],
    }

    @api.depends("move_id")
    def _compute_display_name(self):
        """Whoever may know what is owed may not read the invoice itself."""
        for line in self:
            line.display_name = line.move_id.sudo().display_name

    @property
    def _table_query(self):
        return SQL("%s %s %s", self._select(), self._from(), self._where())

    @api.model
    def _select(self):
        days = SQL("(%s::date - line.date_maturity)", fields.Date.context_today(self))
        return SQL(
            """
            SELECT line.id, line.move_id, payer.commercial_partner_id AS partner_id,
                   COALESCE(move.invoice_user_id, customer.user_id) AS user_id,
                   move.team_id,
                   line.company_id, company.currency_id,
                   move.invoice_date, line.date_maturity AS date_due,
                   GREATEST(0, %(days)s) AS days_overdue,
                   CASE WHEN line.date_maturity IS NULL OR %(days)s <= 0 THEN '0'
                        WHEN %(days)s <= 30 THEN '1'
                        WHEN %(days)s <= 60 THEN '2'
                        WHEN %(days)s <= 90 THEN '3'
                        ELSE '4' END AS bucket,
                   line.amount_residual AS amount
            """,
            days=days,
        )

    @api.model
    def _from(self):
        return SQL(
            """
              FROM account_move_line line
              JOIN account_move move ON move.id = line.move_id
              JOIN account_account account ON account.id = line.account_id
              JOIN res_company company ON company.id = line.company_id
              JOIN res_partner payer ON payer.id = line.partner_id
              JOIN res_partner customer ON customer.id = payer.commercial_partner_id
            """
        )

    @api.model
    def _where(self):
        return SQL(
            """
             WHERE line.reconciled IS NOT TRUE AND line.amount_residual <> 0
               AND move.state = 'posted' AND account.account_type = 'asset_receivable'
            """
        )

    def action_open_document(self):
        """Open the invoice or entry; the usual access rights decide."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": "account.move",
            "res_id": self.move_id.id,
            "view_mode": "form",
        }
