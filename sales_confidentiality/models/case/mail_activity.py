# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError


class MailActivity(models.Model):
    """A task is read by whom it is for: on a case only by somebody who is on it (C56)."""

    _inherit = "mail.activity"

    @api.model_create_multi
    def create(self, vals_list):
        activities = super().create(vals_list)
        activities._check_on_case()
        return activities

    def write(self, vals):
        result = super().write(vals)
        if {"user_id", "res_id", "res_model_id"} & set(vals):
            self._check_on_case()
        return result

    def _check_on_case(self):
        for task in self.filtered(lambda task: task.res_model == "confidentiality.case"):
            case = self.env["confidentiality.case"].sudo().browse(task.res_id)
            if task.user_id and task.user_id not in case._people():
                raise AccessError(
                    self.env._("%s is not on this case: add him to it first.", task.user_id.name)
                )
