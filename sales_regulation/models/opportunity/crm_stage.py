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
            not {"is_won", "sequence"}.intersection(vals)
            or is_engine(self.env)
            or not self.env["regulation.profile"]._regulated_companies()
        ):
            return super().write(vals)
        changed = self.filtered(
            lambda stage: "is_won" in vals and stage.is_won != bool(vals["is_won"])
        )
        moved = self.filtered(
            lambda stage: "sequence" in vals and stage.sequence != vals["sequence"]
        )
        if (changed | moved).filtered("regulation_code"):
            raise AccessError(
                self.env._(
                    "The order of the stages of the sales process, and which of them means won,"
                    " is said in the regulation: make a new version of it."
                )
            )
        # Whoever makes a stage a won one wins all the leads in it
        leads = self.env["crm.lead"].search([("stage_id", "in", changed.ids)])
        seen = leads._process_seen()
        result = super().write(vals)
        leads._guard_process(seen, vals={})
        return result
