# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class ConfidentialityDated(models.AbstractModel):
    """A right of a person, from when until when: given by somebody else, kept for ever (C50).

    What a right says is never edited: a new decision is a new row.
    """

    _name = "confidentiality.dated"
    _description = "Dated Right of a Person"
    _inherit = ["confidentiality.cached"]

    #: fields that say whose right it is, to what, and since when
    _facts = frozenset()

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        index=True,
        ondelete="restrict",
        domain="[('share', '=', False)]",
    )
    date_from = fields.Date(string="From", required=True, default=fields.Date.context_today)
    date_to = fields.Date(string="To", help="Empty: without end.")
    reason = fields.Char()

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rights = super().create(vals_list)
        rights._check_not_oneself()
        return rights

    def write(self, vals):
        if self._facts & set(vals):
            raise UserError(self._fixed_message())
        self._check_not_oneself()
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_given(self):
        raise UserError(self._kept_message())

    def _check_not_oneself(self):
        if not self.env.su and self.env.user in self.user_id:
            raise AccessError(self._oneself_message())

    # === MESSAGES === #

    @api.model
    def _fixed_message(self):
        raise NotImplementedError

    @api.model
    def _kept_message(self):
        raise NotImplementedError

    @api.model
    def _oneself_message(self):
        raise NotImplementedError
