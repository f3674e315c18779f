# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models

from ...tools import Handling


class ConfidentialityLevel(models.Model):
    """How secret something is: public, internal, confidential, secret (C50)."""

    _name = "confidentiality.level"
    _description = "Confidentiality Level"
    _inherit = ["confidentiality.cached"]
    _order = "rank, id"
    _changes_on_record = True

    name = fields.Char(required=True, translate=True)
    code = fields.Char(required=True)
    rank = fields.Integer(
        required=True, help="The higher, the more secret. A grant covers its level and all below."
    )
    is_open = fields.Boolean(
        string="Open inside", help="Every employee may read it: no grant is needed."
    )
    share_scope = fields.Selection(
        selection=[
            ("owner", "Owner only"),
            ("team", "Sales team of the owner"),
            ("department", "Department of the owner"),
            ("company", "Everybody with the qualifications"),
        ],
        string="Shared with",
        required=True,
        default="owner",
        help="With whom an owner shares without a grant. A protected model may say otherwise.",
    )
    needs_nda = fields.Boolean(
        string="Needs a Valid NDA", help="Without it not even the owner reads the record (C53)."
    )
    needs_exam = fields.Boolean(
        string="Needs a Passed Examination",
        help="Without it not even the owner reads the record (C54).",
    )

    # Out of the system (C52, C55)
    export_needs_right = fields.Boolean(
        string="Export Needs a Right",
        default=True,
        help="Exported only by who holds a grant with 'May export', beside Odoo's own right.",
    )
    print_needs_right = fields.Boolean(
        string="Print Needs a Right",
        help="Printed only by who holds a grant with 'May print'.",
    )
    print_needs_reason = fields.Boolean(
        string="Print Needs a Reason", help="A reason has to be given before it is printed."
    )
    reason_minutes = fields.Integer(
        string="A Reason Counts (Minutes)", default=30, help="How long after it was given."
    )
    watermark = fields.Boolean(
        default=True,
        help="Prints show who made them and when. Never put into the stored file of an invoice.",
    )
    log_first = fields.Boolean(
        string="Log before Delivery",
        help="An export, print or download is on record before the file leaves the server.",
    )
    mail_policy = fields.Selection(
        selection=[
            ("free", "Free"),
            ("link", "One-time link, with an NDA"),
            ("block", "Blocked: ask for disclosure"),
        ],
        string="Files to Outsiders",
        required=True,
        default="block",
        help="A file of such a record in a mail to somebody who may not read it.",
    )
    needs_customer_nda = fields.Boolean(
        string="Customer NDA",
        help="Customers see or get such a document or its files only after they have signed an NDA"
        " (C53, S4-047). Of partners and dealers the regulation says so.",
    )
    link_days = fields.Integer(
        string="Link Lives (Days)", default=7, help="How long a one-time link can be opened."
    )
    disclosure_needs_officer = fields.Boolean(
        string="Officer Decides on Disclosure",
        help="Beside the superior the confidentiality officer decides (S4-036).",
    )
    volume_limit = fields.Integer(
        string="Records per Day",
        help="Read, looked up or taken out by one person in a day: beyond it the officer is told"
        " once that day. 0: never.",
    )
    active = fields.Boolean(default=True)

    _code_uniq = models.Constraint("UNIQUE(code)", "Two levels cannot have the same code.")
    _rank_uniq = models.Constraint("UNIQUE(rank)", "Two levels cannot have the same rank.")
    _positive = models.Constraint(
        "CHECK(link_days > 0 AND reason_minutes > 0 AND volume_limit >= 0)",
        "Days, minutes and the number of records cannot be negative.",
    )

    def _handling(self):
        self.ensure_one()
        return Handling(
            export_right=self.export_needs_right,
            print_right=self.print_needs_right,
            print_reason=self.print_needs_reason,
            reason_minutes=self.reason_minutes,
            watermark=self.watermark,
            log_first=self.log_first,
            mail=self.mail_policy,
            customer_nda=self.needs_customer_nda,
            link_days=self.link_days,
            officer=self.disclosure_needs_officer,
            volume=self.volume_limit,
        )
