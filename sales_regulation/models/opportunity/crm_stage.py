# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError

from ...tools import is_engine


class CrmStage(models.Model):
    """A stage of the pipeline that a sales process was made into (C05)."""

    _name = "crm.stage"
    _inherit = ["crm.stage", "regulation.sealed"]

    _sealed_fields = frozenset({"regulation_code", "regulation_process"})

    regulation_code = fields.Char(
        string="Stage of the Regulation",
        readonly=True,
        copy=False,
        help="Where in the sales process of the regulation leads of this stage stand.",
    )
    regulation_process = fields.Char(
        string="Regulation", readonly=True, copy=False, index="btree_not_null"
    )

    def write(self, vals):
        if (
            "is_won" not in vals
            or is_engine(self.env)
            or not self.env["regulation.profile"]._regulated_companies()
        ):
            return super().write(vals)
        changed = self.filtered(lambda stage: stage.is_won != bool(vals["is_won"]))
        if changed.filtered("regulation_code"):
            raise AccessError(
                self.env._(
                    "Which stage of the sales process means won is said in the regulation:"
                    " make a new version of it."
                )
            )
        # Whoever makes a stage a won one wins all the leads in it
        leads = self.env["crm.lead"].search([("stage_id", "in", changed.ids)])
        seen = leads._process_seen()
        result = super().write(vals)
        leads._guard_process(seen, vals={})
        return result
