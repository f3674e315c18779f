# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import html2plaintext

from ...tools import RegulatedOne2many, engine

KIND = "lead_handover"


class CrmLeadHandover(models.Model):
    """A lead that passes from clerk to salesman with the department manager's consent (C05).

    It keeps the text of whoever found the lead: he goes on seeing what he typed and whether
    it was accepted, never what became of the customer (decisions, "Self-reported facts").
    The system alone writes it.
    """

    _name = "crm.lead.handover"
    _description = "Lead Hand-over"
    _inherit = ["regulation.sealed", "regulation.approvable", "regulation.scored"]
    _order = "id desc"
    _append_only = True
    _approval_kinds = frozenset({KIND})
    _approval_fallbacks = {KIND: "team_leader"}

    name = fields.Char(string="Lead", required=True, readonly=True)
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Lead today",
        readonly=True,
        index="btree_not_null",
        ondelete="set null",
        groups="sales_team.group_sale_salesman_all_leads,sales_regulation.group_regulation_manager",
    )
    match_partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Known Customer",
        readonly=True,
        ondelete="set null",
        index="btree_not_null",
        groups="sales_team.group_sale_salesman_all_leads,sales_regulation.group_regulation_manager",
        help="A customer of this name exists. Who found the lead does not learn it.",
    )
    partner_name = fields.Char(string="Company Name", readonly=True)
    contact_name = fields.Char(string="Contact", readonly=True)
    email_from = fields.Char(string="Email", readonly=True)
    phone = fields.Char(readonly=True)
    note = fields.Text(string="Notes", readonly=True, help="What was found out so far.")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Found by",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    to_user_id = fields.Many2one(
        comodel_name="res.users",
        string="Handed to",
        required=True,
        readonly=True,
        index=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, index=True
    )
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("accepted", "Accepted"),
            ("returned", "Returned"),
            ("withdrawn", "Withdrawn"),
        ],
        required=True,
        readonly=True,
        default="waiting",
        index=True,
    )
    decided_at = fields.Datetime(string="Decided at", readonly=True)

    _one_waiting = models.UniqueIndex(
        "(lead_id) WHERE state = 'waiting'", "This lead is being handed over already."
    )

    def action_withdraw(self):
        """Take it back before it is decided."""
        self.check_access("read")
        for handover in self:
            approval = handover.sudo().approval_ids.filtered(lambda row: row.state == "pending")
            approval.sudo(False).action_withdraw()

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            handover.id: {
                "lead": handover.name,
                "company": handover.partner_name or "",
                "contact": [
                    handover.contact_name or "",
                    handover.email_from or "",
                    handover.phone or "",
                ],
                "note": handover.note or "",
                "from": handover.user_id,
                "to": handover.to_user_id,
            }
            for handover in self.sudo()
        }

    def _approval_check(self, approval, verdict):
        super()._approval_check(approval, verdict)
        if verdict == "approved" and self.lead_id.user_id != self.user_id:
            raise UserError(
                self.env._(
                    "%(lead)s does not belong to %(user)s any more: refuse the hand-over.",
                    lead=self.name,
                    user=self.user_id.name,
                )
            )
        if verdict == "approved":
            self._check_owner()

    def _check_owner(self):
        """The consent lets the lead of an owned customer pass within the owner's team only."""
        partner = self.match_partner_id or self.lead_id.partner_id
        if partner and self.env["regulation.profile"]._companies_owning():
            lead = self.lead_id.sudo()
            lead._gate_pass("owner", given={lead.id: (self.to_user_id, partner)}, consent=True)

    def _approval_granted(self, approval):
        """The lead goes to whom it was meant for, to the customer that is known already."""
        super()._approval_granted(approval)
        vals = {"user_id": self.to_user_id.id}
        if self.match_partner_id and not self.lead_id.partner_id:
            vals["partner_id"] = self.match_partner_id.id
        engine(self.lead_id).write(vals)
        # What becomes of it is not told to whoever found it
        self.lead_id.message_unsubscribe(self.user_id.partner_id.ids)
        self._decided("accepted")
        self.env["regulation.register"]._record(
            "lead_handed_over",
            self,
            subject_id=lambda handover: handover.user_id.id,
            company_id=self.company_id.id,
        )

    def _approval_returned(self, approval):
        super()._approval_returned(approval)
        self._decided("returned")

    def _approval_withdrawn(self, approval):
        super()._approval_withdrawn(approval)
        self._decided("withdrawn")

    def _approval_voided(self, approval):
        super()._approval_voided(approval)
        self._decided("withdrawn")

    def _decided(self, state):
        engine(self.sudo()).write({"state": state, "decided_at": fields.Datetime.now()})

    def _approval_summary(self, approval):
        # Whoever found the lead reads his own approval too: he does not learn of the match
        known = self.env.user != self.user_id and self.sudo(False).has_access("read")
        return self.env["ir.qweb"]._render(
            "sales_regulation.handover_summary",
            {"handover": self, "match": known and self.match_partner_id},
            minimal_qcontext=True,
        )


class CrmLead(models.Model):
    _inherit = "crm.lead"

    handover_ids = RegulatedOne2many(
        comodel_name="crm.lead.handover",
        inverse_name="lead_id",
        string="Hand-overs",
        groups="sales_team.group_sale_salesman_all_leads,sales_regulation.group_regulation_manager",
    )

    def action_open_handover(self):
        """Ask to whom the leads are handed."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Hand over"),
            "res_model": "crm.lead.handover.wizard",
            "view_mode": "form",
            "target": "new",
            "context": {"default_lead_ids": self.ids},
        }

    def action_hand_over(self, user_id, reason=""):
        """Ask the department manager to let these leads pass to somebody else (S4-070).

        :param int user_id: the salesperson who shall have them
        :param str reason: what the manager should know
        :return: ids of the hand-overs
        :raise AccessError: for a lead that the caller may not write
        """
        self.check_access("write")
        user = self.env["res.users"].browse(user_id if isinstance(user_id, int) else ()).exists()
        leads = self.sudo()
        for lead in leads:
            lead._check_hand_over(user)
        # What became of an earlier one has to be known to the unique index
        self.env["crm.lead.handover"].flush_model(["lead_id", "state"])
        made = engine(self.env["crm.lead.handover"].sudo()).create(
            [lead._prepare_handover(user) for lead in leads]
        )
        handovers = self.env["crm.lead.handover"].browse(made.ids)
        handovers._request_approval(KIND, str(reason or ""))
        return handovers.ids

    def _check_hand_over(self, user):
        self.ensure_one()
        company = self._regulation_company()
        if not user or user.share or company not in user.sudo().company_ids:
            raise UserError(self.env._("Choose a salesperson of the company."))
        if not self.user_id or user == self.user_id:
            raise UserError(
                self.env._("%s: it goes from its salesperson to another one.", self.display_name)
            )

    def _prepare_handover(self, user):
        """What whoever found the lead has typed, as it stands."""
        self.ensure_one()
        return {
            "name": self.name,
            "lead_id": self.id,
            "match_partner_id": self._handover_match().id,
            "partner_name": self.partner_name,
            "contact_name": self.contact_name,
            "email_from": self.email_from,
            "phone": self.phone,
            "note": html2plaintext(self.description or "").strip() or self.regulation_need,
            "user_id": self.user_id.id,
            "to_user_id": user.id,
            "company_id": self._regulation_company().id,
        }

    def _handover_match(self):
        """The customer that the lead is about, if there is one already."""
        self.ensure_one()
        if self.partner_id:
            return self.partner_id.commercial_partner_id
        partners = self.env["res.partner"].sudo()
        name = " ".join((self.partner_name or "").split())
        if name:
            partners = partners._regulation_named(name, self._regulation_company())
        return partners or self._find_matching_partner().commercial_partner_id
