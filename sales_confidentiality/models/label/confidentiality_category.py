# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

#: roles of which somebody has to be cleared before a category is enforced
BOOTSTRAP_ROLES = ("director", "finance", "legal")
#: the same for figures by right: legal and finance may have no need of cost
BOOTSTRAP_FIGURES = ("director",)
#: whoever changes these may end the protection: on record as the mode is
_DECISIVE = ("active", "is_right", "code")


class ConfidentialityCategory(models.Model):
    """What something is about: customer, contract, price, cost... and whether it is guarded.

    Introduced as every rule is: off, then observe (all pass, the access log says what would
    have been denied), then enforce. Enforcing is refused until those who have to be able to
    look are cleared (C50).
    """

    _name = "confidentiality.category"
    _description = "Confidentiality Category"
    _inherit = ["confidentiality.cached", "mail.thread"]
    _order = "sequence, id"

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    sequence = fields.Integer(default=10)
    mode = fields.Selection(
        selection=[("off", "Off"), ("observe", "Observe"), ("enforce", "Enforce")],
        required=True,
        default="off",
        tracking=True,
        copy=False,
    )
    is_right = fields.Boolean(
        string="Figures by right",
        help="Protects figures as such, wherever they stand (cost, credit), not single records.",
    )
    active = fields.Boolean(default=True)
    grant_ids = fields.One2many(
        comodel_name="confidentiality.grant", inverse_name="category_id", string="Grants"
    )
    grant_count = fields.Integer(compute="_compute_grant_count")

    _code_uniq = models.Constraint("UNIQUE(code)", "Two categories cannot have the same code.")

    @api.depends("grant_ids")
    def _compute_grant_count(self):
        counts = dict(
            self.env["confidentiality.grant"]._read_group(
                [("category_id", "in", self.ids)], ["category_id"], ["__count"]
            )
        )
        for category in self:
            category.grant_count = counts.get(category, 0)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        categories = super().create(vals_list)
        categories.filtered(lambda category: category.mode == "enforce")._check_bootstrap()
        return categories

    def write(self, vals):
        changed = self.filtered(lambda category: category.mode != vals.get("mode", category.mode))
        decided = {
            name: self.filtered(lambda category, name=name: category[name] != vals[name])
            for name in _DECISIVE
            if name in vals
        }
        if vals.get("mode") == "enforce":
            changed._check_bootstrap()
        result = super().write(vals)
        if changed:
            self.env["regulation.register"]._record(
                "label_mode", changed, lambda category: f"{category.code}/{category.mode}"
            )
        for name, categories in decided.items():
            self.env["regulation.register"]._record(
                "label_mode",
                categories,
                lambda category, name=name: f"{category.code}/{name}={category[name]}",
            )
        return result

    # === BUSINESS METHODS === #

    def _check_bootstrap(self):
        """Raise UserError while officer, director, finance and legal are not all cleared."""
        for category in self:
            if missing := category._missing_clearances():
                raise UserError(
                    self.env._(
                        "%(category)s cannot be enforced yet: nobody of these is cleared for its"
                        " highest level: %(people)s. Give them grants first; NDA and examination"
                        " have to be valid.",
                        category=category.name,
                        people=", ".join(missing),
                    )
                )

    def _missing_clearances(self):
        """Names of the functions none of whose holders is cleared in full."""
        self.ensure_one()
        company = self.env.company
        groups = {
            self.env._("Confidentiality officer"): self.env.ref(
                "sales_confidentiality.group_confidentiality_officer"
            ).all_user_ids
        }
        for code in BOOTSTRAP_FIGURES if self.is_right else BOOTSTRAP_ROLES:
            role = self.env["regulation.role"]._code(code)
            groups[role.name or code] = role._holders(company)
        return [
            name
            for name, users in groups.items()
            if not any(self._cleared(users.filtered("active")))
        ]

    def _cleared(self, users):
        """Of each person whether he holds this category up to the highest level today."""
        top = self.env["confidentiality.level"].sudo().search([], order="rank desc", limit=1)
        needs = {kind for kind in ("nda", "exam") if top[f"needs_{kind}"]}
        return [
            needs <= facts["qualified"]
            and max(facts[extent].get(self.id, -1) for extent in ("full", "card")) >= top.rank
            for facts in self.env["confidentiality.grant"]._facts_of(users).values()
        ]
