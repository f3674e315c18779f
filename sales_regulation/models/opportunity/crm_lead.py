# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import namedtuple

from odoo import SUPERUSER_ID, api, fields, models

from ...tools import Refusal, is_engine, judging

#: what moves a lead in the process, or to somebody else
WATCHED = frozenset(
    {
        "stage_id",
        "team_id",
        "user_id",
        "type",
        "company_id",
        "probability",
        "automated_probability",
        "partner_id",
        "commercial_partner_id",
        "partner_name",
        "source_id",
    }
)
#: a lead that stands in no stage of the process
OUTSIDE = -1

Seen = namedtuple("Seen", "stage won user team entity party company opportunity probability source")


class CrmLead(models.Model):
    """A lead goes through the stages of the regulation in order (C05).

    The guard compares where leads stood, and whose they were, before and after a write:
    drag and drop, buttons, import, merge, conversion and recomputed stages all pass here.
    """

    _name = "crm.lead"
    _inherit = ["crm.lead", "regulation.sealed", "regulation.gated"]

    regulation_process = fields.Boolean(
        string="Under a Sales Process",
        compute="_compute_regulation_process",
        help="A regulation is in force in the company of the lead.",
    )

    @api.depends("company_id")
    def _compute_regulation_process(self):
        companies = self.env["regulation.profile"]._regulated_companies()
        for lead in self:
            lead.regulation_process = bool(companies) and (
                (lead.company_id or lead.env.company).id in companies
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        leads = super().create(vals_list)
        if self.env["regulation.profile"]._regulated_companies():
            with judging(self.env):
                leads._guard_created()
                leads._guard_owner()
        return leads

    def write(self, vals):
        if (
            not self.env["regulation.profile"]._regulated_companies()
            or not WATCHED.intersection(vals)
            or is_engine(self.env)
        ):
            return super().write(vals)
        seen = self._process_seen()
        given = dict(vals)  # Odoo adds to it
        result = super().write(vals)
        self._guard_process(seen, given)
        self._guard_owner(seen)
        return result

    @api.model
    def _read_group_stage_ids(self, stages, domain):
        """The pipeline of a team with a process shows its stages, not the empty ones of nobody."""
        found = super()._read_group_stage_ids(stages, domain)
        if not self.env["regulation.profile"]._regulated_companies():
            return found
        process = found.filtered("regulation_code")
        return found.filtered(lambda stage: stage in process | stages) if process else found

    # === GUARD === #

    def _regulation_company(self):
        # A lead without company is its owner's, not of whatever company a client names
        return (
            self.company_id
            or self._regulation_staff(self.user_id).company_id
            or self._regulation_staff(self.create_uid).company_id
            or self.env.company
        )

    def _under_regulation(self):
        """Those of these leads in whose company a regulation may be in force."""
        companies = self.env["regulation.profile"]._regulated_companies()
        if not companies:
            return self.browse()
        return self.filtered(lambda lead: lead.sudo()._regulation_company().id in companies)

    def _process_seen(self):
        """What the guard compares: ``{id: Seen}``."""
        return {
            lead.id: Seen(
                lead.stage_id,
                lead.stage_id.is_won,
                lead.user_id,
                lead.team_id,
                lead.partner_id.commercial_partner_id,
                lead._process_party(),
                lead._regulation_company(),
                lead.type == "opportunity",
                lead.probability,
                lead.source_id,
            )
            for lead in self.sudo()
        }

    def _process_party(self):
        """The customer of the lead as whoever evaluates it reads it."""
        self.ensure_one()
        partner = self.partner_id.commercial_partner_id
        name = partner.name or self.partner_name or self.contact_name or ""
        return " ".join(name.split()).casefold()

    def _guard_created(self):
        """Leads begin at the first stage, with a source, at whoever has typed them."""
        leads = self._under_regulation()
        if not leads:
            return
        places = leads._process_places()
        moves = {
            lead.id: (OUTSIDE, places[lead.id]) for lead in leads if places[lead.id] > 0
        }
        if self._by_a_person():
            leads._gate_pass("register")
            given = {}
            for (person, company), rows in (
                leads.sudo().grouped(lambda lead: (lead.user_id, lead._regulation_company())).items()
            ):
                # A manager who enters a lead for one of his people assigns it
                if person != self.env.user and not (
                    person and person._department_manager_is(self.env.user, company)
                ):
                    given |= dict.fromkeys(rows.ids, self.env.user)
            if given and not is_engine(self.env):
                self.browse(given)._gate_pass("handover", given=given)
        if moves and not is_engine(self.env):
            self.browse(moves)._gate_pass("advance", moves=moves)

    def _guard_process(self, seen, vals):
        """Judge what a write has made of these leads.

        :param dict seen: what was before, ``{id: Seen}``
        :param dict vals: what was written
        """
        with judging(self.env):
            leads = self._under_regulation()
            if not leads:
                return
            moves = leads._process_moves(seen)
            if moves:
                self.browse(moves)._gate_pass("advance", moves=moves)
            bare = leads.filtered(lambda lead: seen[lead.id].source and not lead.sudo().source_id)
            if bare:
                bare._gate_pass("register")
            given = leads._process_given(seen)
            if given:
                self.browse(given)._gate_pass("handover", given=given)
        self._process_record(seen, moves)

    def _process_moves(self, seen):
        """Steps that were taken: ``{id: (place before, place after)}``."""
        companies = self.env["regulation.profile"]._regulated_companies()
        before = self._process_places(seen)
        after = self._process_places()
        moves = {}
        for lead in self.sudo():
            old = seen[lead.id]
            start, end = before[lead.id], after[lead.id]
            if old.company.id not in companies or (old.party and old.party != lead._process_party()):
                # It arrives from elsewhere, or is another project now
                start = OUTSIDE
            if lead.probability >= 100 > old.probability:
                end = max(end, self._process_length(lead))
            left = end == OUTSIDE and before[lead.id] != OUTSIDE
            converted = lead.type == "opportunity" and not old.opportunity
            if end > max(start, 0) or left or converted:
                moves[lead.id] = (start, end)
        return moves

    def _process_given(self, seen):
        """Leads that went to somebody else: ``{id: whose they were}``."""
        given = {}
        for lead in self.sudo():
            owner = seen[lead.id].user
            elsewhere = (
                lead.team_id
                and lead.team_id != seen[lead.id].team
                and owner not in lead.team_id.member_ids | lead.team_id.user_id
            )
            if owner and (owner != lead.user_id or elsewhere):
                given[lead.id] = owner
        return given

    def _process_record(self, seen, moves):
        """Which stage was reached when is on record, for the funnel and for scores."""
        moved = self.browse(moves).filtered(
            lambda lead: lead.sudo().stage_id not in (seen[lead.id].stage, lead.stage_id.browse())
        )
        if moved:
            self.env["regulation.register"]._record(
                "lead_stage", moved, code=lambda lead: lead.sudo().stage_id.regulation_code or ""
            )

    def _by_a_person(self):
        """Whether somebody of the company acts, rather than the mail gateway or a form."""
        return self.env.uid != SUPERUSER_ID and self.env.user._is_internal()

    # === PLACES === #

    def _processes(self):
        """The stages of each lead's process: ``{id: ((code, entry, quotation, won), ...)}``."""
        Stage = self.env["regulation.profile.stage"]
        policies = self._regulation_policies()
        return {lead.id: Stage._process(policies[lead.id]) for lead in self}

    def _process_length(self, lead):
        return len(lead._processes()[lead.id])

    def _process_places(self, seen=None):
        """Where each lead stands in its process: ``{id: place}``.

        The first stage is 0. A stage that is not of the process: outside, or behind the end
        if it means won.

        :param dict seen: where they stood then, ``{id: Seen}``
        """
        places = {}
        processes = self._processes()
        for lead in self.sudo():
            stage = seen[lead.id].stage if seen else lead.stage_id
            won = seen[lead.id].won if seen else stage.is_won
            codes = [row[0] for row in processes[lead.id]]
            if stage.regulation_code in codes:
                places[lead.id] = codes.index(stage.regulation_code)
            else:
                places[lead.id] = len(codes) if won else OUTSIDE
        return places

    def _next_moves(self):
        """The step that each lead would take next."""
        places = self._process_places()
        return {
            lead_id: (places[lead_id], min(places[lead_id] + 1, len(rows)))
            for lead_id, rows in self._processes().items()
        }

    # === GATES === #

    def _gate_stages(self):
        open_leads = self._under_regulation().filtered(
            lambda lead: isinstance(lead.id, int) and lead.active and lead.won_status == "pending"
        )
        return {"advance": open_leads}

    def _pass_quotation(self):
        """Before a quotation is made from these leads: what precedes its stage is complete."""
        leads = self._under_regulation()
        places = leads._process_places()
        moves = {}
        for lead_id, rows in leads._processes().items():
            stage = next((number for number, row in enumerate(rows) if row[2]), None)
            if stage is not None:
                moves[lead_id] = (places[lead_id], max(stage, places[lead_id]))
        if moves:
            self.browse(moves)._gate_pass("quotation", moves=moves)

    def _gate_lead_source(self, policies, **facts):
        """Where a lead comes from is known from the beginning (S0-25)."""
        return {
            lead.id: Refusal(reason=self.env._("The source of the lead is missing."))
            for lead in self
            if not lead.source_id
        }

    def _gate_opportunity_stage(self, policies, moves=None, **facts):
        """A stage is left when what belongs to it is complete (S1-03, S4-137)."""
        if moves is None:
            moves = self._next_moves()
        Stage = self.env["regulation.profile.stage"]
        processes = self._processes()
        behind = {}
        for lead in self:
            for code, *_flags in processes[lead.id][: max(moves[lead.id][1], 0)]:
                behind.setdefault(code, []).append(lead.id)
        missing = {lead.id: [] for lead in self}
        for code, ids in behind.items():
            for lead_id, names in self.browse(ids)._checklist_missing(f"stage_{code}").items():
                missing[lead_id] += names
        refusals = {}
        for lead in self:
            start, end = moves[lead.id]
            if end == OUTSIDE and start != OUTSIDE:
                names = Stage._names(policies[lead.id])
                refusals[lead.id] = Refusal(
                    reason=self.env._(
                        "The stage is not one of the sales process: %s.",
                        ", ".join(names[row[0]] for row in processes[lead.id]),
                    )
                )
            elif missing[lead.id]:
                refusals[lead.id] = Refusal(
                    reason=self.env._("What belongs to the stages before is not complete."),
                    missing=tuple(dict.fromkeys(missing[lead.id])),
                )
        return refusals

    def _gate_opportunity_entry(self, policies, moves=None, **facts):
        """The manager's evaluation lets an opportunity into the process (S3-44)."""
        if moves is None:
            moves = self._next_moves()
        entering = self.browse()
        for lead_id, rows in self._processes().items():
            entry = next((number for number, row in enumerate(rows) if row[1]), None)
            if entry is not None and moves[lead_id][0] < entry <= moves[lead_id][1]:
                entering |= self.browse(lead_id)
        evaluated = entering._approvals_valid("opportunity_entry")
        return {
            lead.id: Refusal(
                reason=self.env._(
                    "Size and probability of the opportunity are not evaluated by the manager."
                ),
                missing=(self.env._("Evaluation of the opportunity"),),
                approval="opportunity_entry",
                helper_ids=tuple(lead.team_id.user_id.ids),
            )
            for lead in entering
            if lead.id not in evaluated
        }

    def _gate_lead_handover(self, policies, given=None, **facts):
        """A lead passes from clerk to salesman after the department manager's consent (S4-070)."""
        refusals, free = {}, {}
        for lead in self.filtered(lambda lead: lead.id in (given or {})):
            owner = given[lead.id]
            roles = self.env["regulation.role"].browse(
                policies[lead.id].get("handover_role_ids") or ()
            )
            company = lead._regulation_company()
            key = (owner, roles, company)
            if key not in free:
                # Asked once for each person, however many of his leads there are
                free[key] = (
                    roles and not roles._held_by(owner, company)
                ) or owner._department_manager_is(self.env.user, company)
            if free[key]:
                continue
            refusals[lead.id] = Refusal(
                reason=self.env._(
                    "The lead passes to somebody else with the consent of the department manager"
                    " only: use the button Hand over."
                ),
                helper_ids=tuple(owner._department_managers(company).ids),
            )
        return refusals

    # === MERGE === #

    def _merge_dependences(self, opportunities):
        """Their proposals come along, and nobody takes a lead by merging it into his own."""
        if self.env["regulation.profile"]._regulated_companies():
            leads = opportunities._under_regulation()
            head = self.sudo()
            given = {
                lead.id: lead.user_id
                for lead in leads.sudo()
                if lead.user_id and lead.user_id != head.user_id
            }
            if given:
                self.browse(given)._gate_pass("handover", given=given)
            self._merge_proposals(opportunities)
        return super()._merge_dependences(opportunities)


class ResUsers(models.Model):
    _inherit = "res.users"

    def _department_managers(self, company):
        """Who answers for the department of this person: superior and leaders of his teams."""
        self.ensure_one()
        user = self.sudo()
        employee = user.employee_ids.filtered(lambda row: row.company_id == company)[:1]
        leaders = user.crm_team_member_ids.crm_team_id.user_id
        return (employee.parent_id.user_id | leaders) - user

    def _department_manager_is(self, user, company):
        return user in self._department_managers(company)
