# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CustomerRelation(models.Model):
    """Two customers that count as one: spouse, parent, child (S4-091).

    Family ties are personal data: only managers keep and read them.
    """

    _name = "customer.relation"
    _description = "Related Customers"
    _rec_name = "partner_id"
    _check_company_auto = True

    _both_uniq = models.Constraint(
        "UNIQUE(partner_id, related_id)", "These two are related already."
    )
    _two = models.Constraint("CHECK(partner_id != related_id)", "Nobody is related to himself.")

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    related_id = fields.Many2one(
        comodel_name="res.partner",
        string="Counts as the same",
        required=True,
        index=True,
        ondelete="cascade",
        check_company=True,
    )
    kind = fields.Selection(
        selection=[
            ("spouse", "Spouse"),
            ("parent", "Parent"),
            ("child", "Child"),
            ("company", "Affiliated company"),
        ],
        required=True,
        default="spouse",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    active = fields.Boolean(default=True)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        relations = super().create(vals_list)
        relations._record("related")
        return relations

    def write(self, vals):
        result = super().write(vals)
        self._record("changed")
        return result

    @api.ondelete(at_uninstall=False)
    def _record_end(self):
        self._record("ended")

    def _record(self, code):
        """To whom deals count follows from it: who related customers is on record."""
        for company, relations in self.grouped("company_id").items():
            self.env["regulation.register"]._record(
                "customers_related", relations.partner_id, code=code, company_id=company.id
            )

    # === CONSTRAINT METHODS === #

    @api.constrains("partner_id", "related_id")
    def _check_customers(self):
        for relation in self:
            if self.with_context(active_test=False).search_count(
                [
                    ("partner_id", "=", relation.related_id.id),
                    ("related_id", "=", relation.partner_id.id),
                ],
                limit=1,
            ):
                raise ValidationError(self.env._("These two are related already."))
            for partner in relation.partner_id | relation.related_id:
                if partner.commercial_partner_id != partner:
                    raise ValidationError(
                        self.env._("%s is a contact: relate the customers.", partner.name)
                    )
