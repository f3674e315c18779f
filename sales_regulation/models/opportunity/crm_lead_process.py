# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import ValidationError


class CrmLead(models.Model):
    """What is found out about a lead on its way, and the checklists it answers (C05)."""

    _name = "crm.lead"
    _inherit = ["crm.lead", "regulation.checked"]

    regulation_screening = fields.Selection(
        selection=[("passed", "Worth pursuing"), ("rejected", "Not a customer for us")],
        string="Screening",
        copy=False,
        help="Result of looking through what is known before the first contact (篩選).",
    )
    regulation_screening_note = fields.Char(string="Why", copy=False)
    regulation_need = fields.Text(
        string="Need", copy=False, help="What the customer needs, for what, by when (需求分析)."
    )
    regulation_budget = fields.Monetary(
        string="Buying Power",
        currency_field="company_currency",
        copy=False,
        help="What the customer can spend, in the currency of the company, tax not included.",
    )
    regulation_feasibility = fields.Selection(
        selection=[("feasible", "Feasible"), ("not_feasible", "Not feasible")],
        string="Feasibility",
        copy=False,
        help="Whether we can deliver what is needed at a price that the customer can pay.",
    )

    @api.constrains("regulation_budget")
    def _check_regulation_budget(self):
        for lead in self:
            if lead.regulation_budget < 0:
                raise ValidationError(self.env._("Buying power cannot be negative."))

    # === CHECKLIST === #

    def _checklist_kinds(self):
        """The checklist of the stage in which each lead stands."""
        kinds = {}
        leads = self._under_regulation()
        for lead in leads:
            if code := lead.sudo().stage_id.regulation_code:
                kinds[f"stage_{code}"] = kinds.get(f"stage_{code}", self.browse()) | lead
        return kinds

    def _checklist_lead_source(self):
        return {lead.id: bool(lead.source_id) for lead in self}

    def _checklist_lead_screened(self):
        return {lead.id: lead.regulation_screening == "passed" for lead in self}

    def _checklist_lead_need(self):
        return {lead.id: bool((lead.regulation_need or "").strip()) for lead in self}

    def _checklist_lead_budget(self):
        return {lead.id: lead.regulation_budget > 0 for lead in self}

    def _checklist_lead_feasible(self):
        return {lead.id: lead.regulation_feasibility == "feasible" for lead in self}

    def _checklist_lead_contact(self):
        """A contact that is recorded, a meeting that took place, or an activity that is done."""
        contacts = self.env["sales.contact"].sudo()._read_group(
            [("lead_id", "in", self.ids), ("state", "!=", "draft")], ["lead_id"]
        )
        meetings = self.env["calendar.event"].sudo()._read_group(
            [("opportunity_id", "in", self.ids), ("stop", "<=", fields.Datetime.now())],
            ["opportunity_id"],
        )
        activities = self.env["mail.message"].sudo()._read_group(
            [
                ("model", "=", self._name),
                ("res_id", "in", self.ids),
                ("mail_activity_type_id", "!=", False),
            ],
            ["res_id"],
        )
        met = {lead.id for (lead,) in contacts + meetings}
        met.update(res_id for (res_id,) in activities)
        return {lead.id: lead.id in met for lead in self}

    def _checklist_lead_proposal(self):
        approved = self._proposals_approved()
        return {lead.id: bool(approved.get(lead.id)) for lead in self}

    def _checklist_lead_quotation(self):
        """A quotation has gone to the customer."""
        return self._checklist_orders([("state", "in", ("sent", "sale"))])

    def _checklist_lead_contract(self):
        """A contract with the customer is signed, or his order is confirmed without one."""
        return self._checklist_orders(
            [
                "|",
                ("state", "=", "sale"),
                ("regulation_contract_id.state", "in", ("signed", "closed")),
            ]
        )

    def _checklist_orders(self, domain):
        rows = self.env["sale.order"].sudo()._read_group(
            [("opportunity_id", "in", self.ids), *domain], ["opportunity_id"]
        )
        found = {lead.id for (lead,) in rows}
        return {lead.id: lead.id in found for lead in self}
