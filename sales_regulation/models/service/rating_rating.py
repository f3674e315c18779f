# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.exceptions import AccessError

from ...tools import is_engine


class RatingRating(models.Model):
    """Ratings of our documents are given by the customer: no employee makes, reads the link
    of, changes or deletes one."""

    _inherit = "rating.rating"

    @api.model_create_multi
    def create(self, vals_list):
        ratings = super().create(vals_list)
        ratings._check_rated()
        return ratings

    def write(self, vals):
        self._check_rated()
        result = super().write(vals)
        if {"res_model_id", "res_id"} & set(vals):
            self._check_rated()
        return result

    def unlink(self):
        self._check_rated()
        return super().unlink()

    def _check_rated(self):
        if is_engine(self.env) or not self.env["regulation.profile"]._regulated_companies():
            return
        for rating in self.sudo():
            model = self.env.get(rating.res_model)
            if isinstance(model, self.env.registry["regulation.rated"]):
                raise AccessError(
                    self.env._("A rating of the customer is neither made nor changed by others.")
                )

    def _has_field_access(self, field, operation):
        if (
            field.name == "access_token"
            and not self.env.su
            and self.env["regulation.profile"]._regulated_companies()
        ):
            return False
        return super()._has_field_access(field, operation)
