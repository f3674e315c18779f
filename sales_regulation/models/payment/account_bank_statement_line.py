# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models

from ...tools import RegulatedOne2many


class AccountBankStatementLine(models.Model):
    _inherit = "account.bank.statement.line"

    regulation_allocation_ids = RegulatedOne2many(
        comodel_name="sale.payment.allocation",
        inverse_name="statement_line_id",
        string="Allocations",
        groups="sales_team.group_sale_salesman,account.group_account_invoice,"
        "account.group_account_readonly,sales_regulation.group_regulation_user",
    )

    def _regulation_signed_amount(self):
        self.ensure_one()
        return self.amount
