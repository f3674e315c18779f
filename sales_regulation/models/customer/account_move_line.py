# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError


class AccountMoveLine(models.Model):
    _inherit = "account.move.line"

    credited_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Credited to",
        readonly=True,
        index="btree_not_null",
        ondelete="restrict",
        help="That of the order line which is invoiced.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        lines = super().create(vals_list)
        given = {name for vals in vals_list for name in vals} | {
            key.removeprefix("default_") for key in self.env.context
        }
        if "credited_user_id" in given and (
            self.env["regulation.profile"]._regulated_companies()
        ):
            for line in lines.filtered("credited_user_id"):
                sources = line.sale_line_ids.sudo() or line.move_id.reversed_entry_id.sudo().line_ids
                if line.credited_user_id not in sources.credited_user_id:
                    self._refuse_credit()
        return lines

    def write(self, vals):
        if "credited_user_id" in vals and self.env["regulation.profile"]._regulated_companies():
            if any(line.credited_user_id.id != vals["credited_user_id"] for line in self):
                self._refuse_credit()
        return super().write(vals)

    def _refuse_credit(self):
        raise AccessError(
            self.env._("To whom a result counts is stored by the system at the confirmation.")
        )
