# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import engine
from .regulation_dossier_item import ITEMS


class CustomerChange(models.Model):
    """A major change at a customer, and whether the dossier followed in time (S3-22).

    The clock "customer_change" begins when it happened, as stated at the entry, and ends when
    what the change names has been updated.
    """

    _name = "customer.change"
    _description = "Major Change at a Customer"
    _inherit = ["regulation.covered", "regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "happened_at desc, id desc"
    _rec_name = "partner_id"
    _check_company_auto = True

    _sealed_fields = frozenset({"state", "user_id", "done_at"})

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        check_company=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Entered by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
        index=True,
    )
    happened_at = fields.Datetime(
        string="Happened", required=True, default=fields.Datetime.now, copy=False
    )
    item = fields.Selection(
        selection="_selection_item",
        string="What Changes",
        required=True,
        help="The part of the dossier that has to be updated.",
    )
    description = fields.Text(required=True)
    state = fields.Selection(
        selection=[("open", "To update"), ("done", "Updated")],
        string="Status",
        default="open",
        required=True,
        readonly=True,
        copy=False,
        index=True,
    )
    done_at = fields.Datetime(string="Updated on", readonly=True, copy=False)

    @api.model
    def _selection_item(self):
        return self.env["regulation.dossier.item"]._fields["item"]._description_selection(self.env)

    @api.constrains("happened_at")
    def _check_happened_at(self):
        now = fields.Datetime.now()
        if any(change.happened_at > now for change in self):
            raise ValidationError(self.env._("A change that is still to come is no change yet."))

    @api.model_create_multi
    def create(self, vals_list):
        changes = super().create(vals_list)
        self.env["regulation.deadline"]._start(
            changes,
            "customer_change",
            start=lambda change: change._clock_start(),
            user=lambda change: change._responsible(),
        )
        return changes

    def write(self, vals):
        if {"partner_id", "company_id", "happened_at", "item", "description"} & set(vals):
            raise UserError(self.env._("A change that was entered is fixed: enter another one."))
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_entered(self):
        raise UserError(self.env._("Changes that were entered are kept."))

    def action_done(self):
        """The dossier says what is new.

        :raise UserError: if nothing of it was changed since
        """
        self.check_access("write")
        for change in self.filtered(lambda change: change.state == "open"):
            if not change._is_entered():
                raise UserError(
                    self.env._(
                        "%(customer)s: nothing of this part of the dossier was changed since:"
                        " %(part)s.",
                        customer=change.partner_id.name,
                        part=dict(self._fields["item"]._description_selection(self.env))[
                            change.item
                        ],
                    )
                )
            engine(change.sudo()).write({"state": "done", "done_at": fields.Datetime.now()})
            self.env["regulation.deadline"]._done(change, "customer_change")
            self.env["regulation.register"]._record("customer_changed", change, code=change.item)
        return True

    def _responsible(self):
        """Who keeps the dossier up to date: the owner of the customer."""
        return self.partner_id.commercial_partner_id.user_id or self.user_id

    def _clock_start(self):
        """When it happened, as stated by who answers for it, or by a manager. What a colleague
        enters the owner learns then: nobody dates a delay back to another's account."""
        self.ensure_one()
        if self.env.user.has_group("sales_regulation.group_regulation_manager") or self.env[
            "regulation.delegation"
        ]._acts_for(self._responsible()):
            return self.happened_at
        return max(self.happened_at, fields.Datetime.now())

    def _is_entered(self):
        self.ensure_one()
        names = ITEMS[self.item][1]
        if not names:
            return True
        self.env["customer.dossier.change"].flush_model()
        return bool(
            self.env["customer.dossier.change"]
            .sudo()
            .search_count(
                [
                    ("entity_id", "=", self.partner_id.commercial_partner_id.id),
                    ("at", ">=", self.happened_at),
                    ("field_name", "in", names),
                ],
                limit=1,
            )
        )
