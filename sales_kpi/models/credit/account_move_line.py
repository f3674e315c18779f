# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

STAMPS = ("credited_cost", "credited_country_id")


class AccountMoveLine(models.Model):
    """The stamps of the order line that is invoiced; a credit note names the same line (C41)."""

    _inherit = "account.move.line"

    credited_cost = fields.Float(
        string="Credited Unit Cost",
        digits="Product Price",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Of the order line that is invoiced, in company currency.",
    )
    credited_country_id = fields.Many2one(
        comodel_name="res.country",
        string="Credited Country",
        readonly=True,
        copy=False,
        ondelete="restrict",
        help="Of the order line that is invoiced.",
    )

    _credited_idx = models.Index(
        "(company_id, credited_user_id, invoice_date) WHERE credited_user_id IS NOT NULL"
    )

    @api.model_create_multi
    def create(self, vals_list):
        if self.env["regulation.profile"]._regulated_companies():
            given = {name for vals in vals_list for name in vals}
            self._check_stamps(
                given | {key.removeprefix("default_") for key in self.env.context}
            )
        lines = super().create(vals_list)
        if any(vals.get("credited_user_id") for vals in vals_list):
            lines._take_stamps()
        return lines

    def write(self, vals):
        if not set(STAMPS).isdisjoint(vals):
            if self.env["regulation.profile"]._regulated_companies():
                self._check_stamps(vals)
        return super().write(vals)

    @api.model
    def _check_stamps(self, names):
        """Raise AccessError if somebody would write what a score reads of a sale."""
        if not set(STAMPS).isdisjoint(names):
            raise AccessError(
                self.env._(
                    "What a score reads of a sale is stamped by the system at the confirmation."
                )
            )

    def _take_stamps(self, condition=None):
        """Take over the stamps of the order lines that are invoiced; one statement."""
        self.flush_recordset(["credited_user_id", "sale_line_ids"])
        self.env.cr.execute(
            SQL(
                """
                UPDATE account_move_line item
                   SET credited_cost = line.credited_cost,
                       credited_country_id = line.credited_country_id
                  FROM sale_order_line_invoice_rel rel
                  JOIN sale_order_line line ON line.id = rel.order_line_id
                 WHERE rel.invoice_line_id = item.id AND item.credited_user_id IS NOT NULL
                   AND %s
                """,
                condition or SQL("item.id IN %s", self._ids),
            )
        )
        self.invalidate_model(STAMPS)
