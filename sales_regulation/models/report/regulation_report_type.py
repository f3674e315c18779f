# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationReportType(models.Model):
    """What people report again and again, what stands in it, and who answers.

    When it is due, and who owes it, says the recurring duty with the same code; who answers
    and within which time, the approval of its kind. So a company reports by the day, the
    week or the month, each to whom its regulation says (C37).
    """

    _name = "regulation.report.type"
    _description = "Kind of Report"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"

    _code_uniq = models.Constraint(
        "UNIQUE(profile_id, code)", "A regulation has one kind of report of a code."
    )

    sequence = fields.Integer(default=10)
    code = fields.Char(required=True, help="The recurring duty with this code demands it.")
    name = fields.Char(required=True, translate=True)
    template = fields.Html(
        translate=True, help="What a new report begins with: the headings people fill in."
    )
    with_contacts = fields.Boolean(
        string="Lists the Contacts",
        help="The contacts of the period (calls, visits, messages) stand in it, are handed in"
        " with it and count once it is signed (電話日誌、跟蹤日誌、網絡日誌).",
    )
    with_sales = fields.Boolean(
        string="States the Sales",
        help="Amount, number and channel of the orders that the person confirmed in the period.",
    )
    approval_kind_id = fields.Many2one(
        comodel_name="regulation.approval.kind",
        string="Answered by",
        domain="[('model', '=', 'work.report')]",
        ondelete="restrict",
        help="The approval whose steps say who reads, answers and signs it (批示). Empty: nobody.",
    )

    # === BUSINESS METHODS === #

    @api.model
    def _of(self, user, company):
        """The kinds of report in the regulation of this person, in order.

        Where the duty lies on the holders of a role, those of his roles, and what was laid on
        him while he held one.
        """
        Profile = self.env["regulation.profile"]
        if not Profile._regulated_companies():
            return self.browse()
        policy = Profile.sudo()._resolve({0: (company, user, self.env["crm.team"])})[0]
        kinds = self.sudo().search([("profile_id", "in", policy.profile_ids)])
        duties = {kind: duty for kind in kinds if (duty := kind._duty()).who == "role"}
        laid = kinds.profile_id.duty_ids.browse(duty.id for duty in duties.values())
        held = laid.role_id._held_by(user, company)
        his = laid.filtered(lambda duty: duty.role_id in held)
        if others := laid - his:
            his |= (
                self.env["regulation.duty.instance"]
                .sudo()
                .search(
                    [
                        ("duty_id", "in", others.ids),
                        ("user_id", "=", user.id),
                        ("company_id", "=", company.id),
                    ]
                )
                .duty_id
            )
        return kinds.filtered(lambda kind: kind not in duties or duties[kind] in his)

    def _duty(self):
        """The recurring duty that demands this report; empty if none does."""
        self.ensure_one()
        return self.sudo().profile_id.duty_ids.filtered(lambda duty: duty.code == self.code)[:1]

    def _period(self, day):
        """``(first day, last day)`` of the report to which ``day`` belongs."""
        duty = self._duty()
        return duty._period_of(day) if duty else (day, day)
