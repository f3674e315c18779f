# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError

from odoo.addons.sales_regulation.tools import is_engine

#: of the sanctions of a breach of secrecy, the lightest first
GRADES = [
    ("warning", "Warning"),
    ("demerit", "Demerit"),
    ("demotion", "Demotion"),
    ("termination", "Termination"),
]


class RegulationMeasure(models.Model):
    """A sanction of a breach of secrecy has a grade, which the case proposes (S4-059)."""

    _inherit = "regulation.measure"

    sanction_grade = fields.Selection(
        selection=GRADES,
        string="Grade of Sanction",
        readonly=True,
        copy=False,
        tracking=True,
        help="Warning, demerit, demotion, termination (警告、记过、降职、终止劳动合同).",
    )

    _case_once = models.UniqueIndex(
        "(res_model, res_id, user_id) WHERE sanction_grade IS NOT NULL AND state != 'refused'",
        "One case, one sanction of a person.",
    )

    @api.model_create_multi
    def create(self, vals_list):
        measures = super().create(vals_list)
        measures._check_of_case()
        return measures

    def write(self, vals):
        if "sanction_grade" in vals and not is_engine(self.env):
            raise AccessError(
                self.env._(
                    "The grade was proposed with the case: refuse it and let another be proposed."
                )
            )
        if not {"res_model", "res_id"}.intersection(vals):
            return super().write(vals)
        self._check_of_case()
        result = super().write(vals)
        self._check_of_case()
        return result

    def _check_of_case(self):
        """A sanction of a case is proposed by the case: not by hand, by whoever has its number."""
        if not is_engine(self.env) and any(
            measure.sanction_grade or measure.res_model == "confidentiality.case"
            for measure in self.sudo()
        ):
            raise AccessError(
                self.env._("The sanction of a case is proposed by the people on the case.")
            )
