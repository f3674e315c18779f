# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import AccessError


class ConfidentialityReport(models.Model):
    """What somebody reported in his own name, and what came of it (S4-020, S4-039).

    The reporter reads this and not the case. Nothing here leads to the case: who works on it
    goes the other way. An anonymous report has no row here.
    """

    _name = "confidentiality.report"
    _description = "Leak Report"
    _inherit = ["regulation.sealed"]
    _order = "id desc"
    _rec_name = "kind"
    _append_only = True

    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Reported by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    kind = fields.Selection(
        selection=[
            ("risk", "Risk of a leak"),
            ("leak", "Leak"),
            ("loss", "Lost document or device"),
            ("breach", "Rules not kept"),
        ],
        required=True,
        readonly=True,
    )
    reported_on = fields.Date(required=True, readonly=True)
    description = fields.Text(string="What Happened", required=True, readonly=True)
    state = fields.Selection(
        selection=[
            ("reported", "Received"),
            ("investigating", "Being looked into"),
            ("closed", "Closed"),
        ],
        default="reported",
        required=True,
        readonly=True,
        index=True,
    )
    outcome = fields.Text(readonly=True, help="What the officer tells you came of it.")

    def _check_access(self, operation):
        if operation in ("write", "create", "unlink") and not self.env.su:
            return self, lambda: AccessError(
                self.env._("A leak is reported by the page of reports, and kept as it was said.")
            )
        return super()._check_access(operation)
