# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tools import SQL, is_html_empty

from ...tools import Refusal, RegulatedOne2many, engine, is_engine

KIND = "proposal"
#: what the proposal says
SECTIONS = ("need_analysis", "introduction", "solution", "price_strategy", "cooperation_mode")
#: fixed once it is submitted
FIXED_FIELDS = frozenset(
    {
        "kind",
        "lead_id",
        "partner_id",
        "company_id",
        "user_id",
        "team_id",
        "department_ids",
        "contributor_ids",
        *SECTIONS,
    }
)


class SolutionProposal(models.Model):
    """What we propose to a customer, one record for each version (C16).

    A version is fixed when it is submitted; what came back is revised in the next one. The
    manager reads it from three angles and gives its quality a score (S3-45 to S3-47).
    Service plans for customers use the same document (S1-22, S4-206).
    """

    _name = "solution.proposal"
    _description = "Solution Proposal"
    _inherit = [
        "regulation.sealed",
        "regulation.approvable",
        "regulation.checked",
        "regulation.protected",
        "regulation.scored",
        "mail.thread",
        "mail.activity.mixin",
    ]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {
            "name",
            "version",
            "previous_id",
            "state",
            "submitted_at",
            "decided_at",
            "decided_by_id",
            "quality_score",
            "scored_by_id",
        }
    )
    _approval_kinds = frozenset({KIND})
    _approval_fallbacks = {KIND: "team_leader"}
    _approval_content_fields = ("kind", "lead_id", "partner_id", "department_ids", *SECTIONS)

    name = fields.Char(string="Number", readonly=True, copy=False, index="trigram")
    version = fields.Integer(readonly=True, copy=False)
    previous_id = fields.Many2one(
        comodel_name="solution.proposal",
        string="Previous Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
        index="btree_not_null",
    )
    kind = fields.Selection(
        selection=[("solution", "Solution proposal"), ("service", "Service plan")],
        default="solution",
        required=True,
    )
    lead_id = fields.Many2one(
        comodel_name="crm.lead",
        string="Opportunity",
        index="btree_not_null",
        ondelete="restrict",
        check_company=True,
        tracking=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Customer",
        compute="_compute_from_lead",
        store=True,
        readonly=False,
        precompute=True,
        required=True,
        index=True,
        ondelete="restrict",
        check_company=True,
        domain="[('parent_id', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        index=True,
        default=lambda self: self.env.company,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Salesperson",
        default=lambda self: self.env.user,
        index=True,
        required=True,
        domain="[('share', '=', False)]",
        ondelete="restrict",
        tracking=True,
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Sales Team",
        compute="_compute_from_lead",
        store=True,
        readonly=False,
        precompute=True,
        index="btree_not_null",
        ondelete="set null",
        check_company=True,
    )
    department_ids = fields.Many2many(
        comodel_name="hr.department",
        string="Contributing Departments",
        check_company=True,
        help="Departments that draft it together with the salesperson.",
    )
    contributor_ids = fields.Many2many(
        comodel_name="res.users",
        relation="solution_proposal_contributor_rel",
        string="Contributors",
        domain="[('share', '=', False)]",
        help="People of these departments who read the proposal and write on it as long as it"
        " is a draft.",
    )
    need_analysis = fields.Html(
        string="Need", help="What the customer needs and why (需求分析)."
    )
    introduction = fields.Html(
        string="Products and Services", help="What we offer, as far as it matters here."
    )
    solution = fields.Html(help="How the need is met, by whom, by when (解決方案).")
    price_strategy = fields.Html(
        string="Price Strategy", help="Price level, discounts, terms (價格策略)."
    )
    cooperation_mode = fields.Html(
        string="Cooperation", help="How we work together with the customer (合作方式)."
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("submitted", "In review"),
            ("returned", "Returned"),
            ("approved", "Approved"),
            ("superseded", "Superseded"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        index=True,
        tracking=True,
        group_expand=True,
    )
    submitted_at = fields.Datetime(string="Submitted at", readonly=True, copy=False)
    decided_at = fields.Datetime(string="Decided at", readonly=True, copy=False)
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    quality_score = fields.Float(
        string="Quality",
        digits=(16, 2),
        readonly=True,
        copy=False,
        aggregator="avg",
        help="Points from 0 to 100, given by whoever reviews it.",
    )
    scored_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Scored by",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )

    to_review = fields.Boolean(compute="_compute_to_review")

    _one_open = models.UniqueIndex(
        "(lead_id) WHERE kind = 'solution' AND state IN ('draft', 'submitted')",
        "The opportunity has a proposal that is being drafted or reviewed.",
    )
    _version_uniq = models.UniqueIndex(
        "(lead_id, version) WHERE kind = 'solution' AND lead_id IS NOT NULL",
        "An opportunity has one proposal of a version.",
    )

    # === COMPUTE METHODS === #

    @api.depends("lead_id")
    def _compute_from_lead(self):
        for proposal in self:
            lead = proposal.lead_id
            if lead:
                proposal.partner_id = lead.partner_id.commercial_partner_id or proposal.partner_id
                proposal.team_id = lead.team_id
            else:
                proposal.team_id = proposal.team_id or proposal.user_id.sale_team_id

    @api.depends("name", "version")
    def _compute_display_name(self):
        for proposal in self:
            name = proposal.name or self.env._("New proposal")
            proposal.display_name = f"{name} v{proposal.version}"

    @api.depends_context("uid")
    def _compute_to_review(self):
        mine = self.env["regulation.approval"]._ids_waiting_for_me(self._name, KIND)
        for proposal in self:
            proposal.to_review = proposal._origin.id in mine

    def _read_group_select(self, aggregate_spec, query):
        """A version that nobody has scored has no quality, not the quality 0."""
        sql = super()._read_group_select(aggregate_spec, query)
        if aggregate_spec == "quality_score:avg":
            scored = self._field_to_sql(self._table, "scored_by_id", query)
            return SQL("%s FILTER (WHERE %s IS NOT NULL)", sql, scored)
        return sql

    # === CONSTRAINT METHODS === #

    @api.constrains("kind", "lead_id")
    def _check_lead(self):
        for proposal in self:
            if proposal.kind == "solution" and not proposal.lead_id:
                raise ValidationError(self.env._("A solution proposal belongs to an opportunity."))

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        self._check_may_read_leads(vals_list)
        # What became of the version before has to be known to the unique indexes
        self.flush_model(["lead_id", "state", "version"])
        proposals = super().create(vals_list)
        for proposal in proposals:
            # One after the other: the second version of a batch counts the first
            engine(proposal.sudo()).write(proposal._prepare_number())
        proposals._check_salesperson()
        return proposals

    def write(self, vals):
        if not is_engine(self.env) and FIXED_FIELDS.intersection(vals):
            self._check_draft()
            self._check_may_read_leads([vals])
        changes_hands = "user_id" in vals and not is_engine(self.env)
        if changes_hands:
            self._check_salesperson()
        result = super().write(vals)
        if changes_hands:
            self._check_salesperson()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_submitted(self):
        if any(proposal.state != "draft" or proposal.submitted_at for proposal in self):
            raise UserError(self.env._("A proposal that was once submitted is kept."))

    def _check_draft(self):
        for proposal in self.sudo():
            if proposal.state != "draft":
                raise UserError(
                    self.env._(
                        "%s was submitted: revise it in a new version.", proposal.display_name
                    )
                )

    def _check_salesperson(self):
        """The quality of a proposal counts for its salesperson: nobody writes one on the
        account of a colleague but who stands in for him or answers for his department."""
        if self.env.su or self.env.user.has_group("sales_team.group_sale_salesman_all_leads"):
            return
        Delegation = self.env["regulation.delegation"]
        for proposal in self:
            person = proposal.user_id
            if not (
                Delegation._acts_for(person)
                or person._department_manager_is(self.env.user, proposal.company_id)
            ):
                raise AccessError(
                    self.env._(
                        "A proposal is written in one's own name, or by the manager of %s.",
                        person.name,
                    )
                )

    def _check_may_read_leads(self, vals_list):
        """Nobody writes a proposal for an opportunity that he may not read."""
        leads = [vals["lead_id"] for vals in vals_list if vals.get("lead_id")]
        if leads:
            self.env["crm.lead"].browse(leads).check_access("read")

    def _prepare_number(self):
        """Number and version: those of an opportunity have one number."""
        self.ensure_one()
        former = self.browse()
        if self.lead_id:
            former = self.sudo().search(
                [
                    ("lead_id", "=", self.lead_id.id),
                    ("kind", "=", self.kind),
                    ("id", "!=", self.id),
                    ("version", ">", 0),
                ],
                order="version desc",
                limit=1,
            )
        if former:
            return former._prepare_next()
        sequence = self.env["ir.sequence"].sudo().with_company(self.company_id)
        return {"name": sequence.next_by_code("solution.proposal"), "version": 1}

    # === ACTION METHODS === #

    def action_submit(self, reason=""):
        """Hand the version in for review; from then on it is fixed (S3-46).

        :param str reason: what the reviewer should know
        :raise UserError: naming what it does not say yet
        """
        self.check_access("write")
        for proposal in self:
            if proposal.state != "draft":
                raise UserError(self.env._("%s is submitted already.", proposal.display_name))
        self._checklist_require("proposal_content")
        engine(self.sudo()).write({"state": "submitted", "submitted_at": fields.Datetime.now()})
        self.env["regulation.register"]._record(
            "proposal_submitted", self, code=lambda proposal: f"v{proposal.version}"
        )
        self.env["sales.contact"]._interest_answered(
            self.sudo().partner_id.commercial_partner_id,
            self.sudo().lead_id,
            fields.Datetime.now(),
        )
        self._request_approval(KIND, str(reason or ""))
        return True

    def action_score(self, values):
        """Give the version its quality score; only whoever decides on it.

        :param dict values: ``score``, points from 0 to 100
        :raise AccessError: if no review waits for the caller
        """
        self.ensure_one()
        self.env["regulation.approval"]._waiting_for_me(self, KIND)
        score = values.get("score") if isinstance(values, dict) else None
        if isinstance(score, bool) or not isinstance(score, (int, float)) or not 0 <= score <= 100:
            raise ValidationError(self.env._("The quality score is a number from 0 to 100."))
        engine(self.sudo()).write({"quality_score": score, "scored_by_id": self.env.uid})
        return True

    def action_open_review(self):
        """Ask for score and verdict."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Review the Proposal"),
            "res_model": "solution.proposal.review",
            "view_mode": "form",
            "target": "new",
            "context": {"default_proposal_id": self.id},
        }

    def action_revise(self):
        """Write the next version, beginning from this one (S3-47)."""
        self.ensure_one()
        self.check_access("write")
        if self.state not in ("returned", "approved"):
            raise UserError(
                self.env._(
                    "%s is neither returned nor approved: there is nothing to revise.",
                    self.display_name,
                )
            )
        # Whoever works on it may begin the next one: it stays its salesperson's
        draft = self.sudo().copy()
        if not self.lead_id:
            engine(draft.sudo()).write(self._prepare_next())
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    def _prepare_next(self):
        """Number and version of the draft that follows this one."""
        return {"name": self.name, "version": self.version + 1, "previous_id": self.id}

    # === APPROVAL === #

    def _approval_content(self, kind):
        return {
            proposal.id: {
                "kind": proposal.kind,
                "customer": proposal.partner_id,
                "departments": proposal.department_ids,
                **{name: str(proposal[name] or "") for name in SECTIONS},
            }
            for proposal in self.sudo()
        }

    def _approval_submit_check(self, kind):
        super()._approval_submit_check(kind)
        for proposal in self.sudo():
            if kind == KIND and proposal.state != "submitted":
                raise UserError(
                    self.env._("%s: use the button Submit for Review.", proposal.display_name)
                )

    def _approval_check(self, approval, verdict):
        super()._approval_check(approval, verdict)
        if approval.kind_id.code == KIND and verdict == "approved":
            self._checklist_require(KIND)
            if not self.scored_by_id:
                raise UserError(
                    self.env._(
                        "%s: give it a quality score first (button Review).", self.display_name
                    )
                )

    def _approval_interested(self):
        return super()._approval_interested() | self.sudo().contributor_ids

    def _approval_granted(self, approval):
        super()._approval_granted(approval)
        former = self.search(
            [
                ("lead_id", "!=", False),
                ("lead_id", "=", self.lead_id.id),
                ("kind", "=", self.kind),
                ("state", "=", "approved"),
                ("id", "!=", self.id),
            ]
        )
        engine(former | self.previous_id.filtered(lambda row: row.state == "approved")).write(
            {"state": "superseded"}
        )
        self._decide_as("approved")

    def _approval_returned(self, approval):
        super()._approval_returned(approval)
        self._decide_as("returned")

    def _approval_voided(self, approval):
        super()._approval_voided(approval)
        if self.state in ("submitted", "approved"):
            self._decide_as("returned")

    def _approval_withdrawn(self, approval):
        super()._approval_withdrawn(approval)
        engine(self.filtered(lambda row: row.state == "submitted")).write(
            {"state": "draft", "quality_score": 0, "scored_by_id": False}
        )

    def _decide_as(self, state):
        engine(self).write(
            {
                "state": state,
                "decided_at": fields.Datetime.now(),
                "decided_by_id": self.env.uid,
            }
        )
        self.env["regulation.register"]._record("proposal_decided", self, code=state)

    def _approval_summary(self, approval):
        return self.env["ir.qweb"]._render(
            "sales_regulation.proposal_summary",
            {
                "proposal": self,
                "sections": [
                    (self._fields[name]._description_string(self.env), self[name])
                    for name in SECTIONS
                    if not is_html_empty(self[name])
                ],
            },
            minimal_qcontext=True,
        )

    # === CHECKLIST === #

    def _checklist_kinds(self):
        return {
            "proposal_content": self.filtered(lambda row: row.state == "draft"),
            KIND: self.filtered(lambda row: row.state == "submitted"),
        }

    def _checklist_proposal_need_analysis(self):
        return self._says("need_analysis")

    def _checklist_proposal_introduction(self):
        return self._says("introduction")

    def _checklist_proposal_solution(self):
        return self._says("solution")

    def _checklist_proposal_price_strategy(self):
        return self._says("price_strategy")

    def _checklist_proposal_cooperation_mode(self):
        return self._says("cooperation_mode")

    def _says(self, name):
        return {proposal.id: not is_html_empty(proposal[name]) for proposal in self}

    # === DEMAND === #

    @api.model
    def _demand(self, policies, documents):
        """How strictly a proposal precedes each document: ``{id: mode}``.

        What the regulation says of the customer's tier, else of everybody. Where no
        regulation concerned asks for proposals it costs no query but that for the tiers.

        :param dict policies: what is in force, ``{id: Policy}``
        :param documents: orders or contracts, of whatever companies
        """
        Profile = self.env["regulation.profile"]
        demand = {row.id: policies[row.id].get("proposal_mode") or "none" for row in documents}
        tiered = documents.filtered(lambda row: policies[row.id].get("tier_ids"))
        for company, rows in tiered.grouped("company_id").items():
            tiers = rows.partner_id._ka_tiers(company)
            for row in rows:
                modes = Profile._tier_values(policies[row.id], "proposal_mode")
                if mode := modes.get(tiers[row.partner_id.id].id):
                    demand[row.id] = mode
        return demand

    @api.model
    def _approved_by(self, field, ids):
        """``{id of the record in ``field``: approved proposals}``."""
        proposals = self.search(
            [(field, "in", ids), ("state", "=", "approved"), ("kind", "=", "solution")]
        )
        valid = proposals._approvals_valid(KIND)
        return {
            record.id: rows
            for record, rows in proposals.filtered(lambda row: row.id in valid)
            .grouped(field)
            .items()
        }

    @api.model
    def _proposal_refusal(self, mode):
        return Refusal(
            reason=self.env._("No solution proposal is approved for this opportunity."),
            missing=(self.env._("An approved proposal for the customer"),),
            advisory=mode == "recommended",
        )


class CrmLead(models.Model):
    _inherit = "crm.lead"

    proposal_ids = RegulatedOne2many(
        comodel_name="solution.proposal", inverse_name="lead_id", string="Proposals"
    )
    proposal_count = fields.Integer(compute="_compute_proposal_count")

    def _compute_proposal_count(self):
        self.proposal_count = 0
        if not self.env["regulation.profile"]._regulated_companies():
            return
        counts = dict(
            self.env["solution.proposal"]._read_group(
                [("lead_id", "in", self.ids)], ["lead_id"], ["__count"]
            )
        )
        for lead in self:
            lead.proposal_count = counts.get(lead._origin, 0)

    def action_view_proposals(self):
        """Open the proposals of this opportunity."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "sales_regulation.solution_proposal_action"
        )
        return {
            **action,
            "domain": [("lead_id", "=", self.id)],
            "context": {"default_lead_id": self.id},
        }

    def _proposals_approved(self):
        """The proposal of each opportunity that is approved as it stands: ``{id: proposal}``."""
        return self.env["solution.proposal"].sudo()._approved_by("lead_id", self.ids)

    def _merge_proposals(self, opportunities):
        """What was proposed for the others belongs to this opportunity now, numbered on."""
        others = self.env["solution.proposal"].sudo().search(
            [("lead_id", "in", opportunities.ids)], order="id"
        )
        for proposal in others:
            last = others.search(
                [("lead_id", "=", self.id), ("kind", "=", proposal.kind)],
                order="version desc",
                limit=1,
            )
            engine(proposal).write({"lead_id": self.id, "version": last.version + 1})
