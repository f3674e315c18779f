# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError
from odoo.fields import Command

from ...tools import engine
from ...tools.policy import strictest_in, union_ids

#: how strictly a proposal is asked for, from the loosest
PROPOSAL_MODES = [
    ("none", "Not asked for"),
    ("recommended", "Recommended"),
    ("required", "Required"),
]
#: before the stages that belong to nobody
_FIRST = -100


class RegulationProfile(models.Model):
    _inherit = "regulation.profile"

    lead_stage_ids = fields.One2many(
        comodel_name="regulation.profile.stage",
        inverse_name="profile_id",
        string="Sales Process",
        copy=True,
        help="The stages of the pipeline, in order (銷售流程).",
    )
    handover_role_ids = fields.Many2many(
        comodel_name="regulation.role",
        relation="regulation_profile_handover_role_rel",
        string="Hand over with Consent",
        help="Leads of people with these roles pass to somebody else with the consent of their"
        " department manager only. Empty: everybody's leads.",
    )
    proposal_mode = fields.Selection(
        selection=PROPOSAL_MODES,
        string="Solution Proposal",
        default="none",
        required=True,
        help="Whether an approved proposal precedes quotations and contracts. Recommended: it is"
        " noted where it is missing.",
    )

    @api.constrains("lead_stage_ids")
    def _check_lead_stages(self):
        for profile in self:
            stages = profile.lead_stage_ids.sorted(lambda row: (row.sequence, row.id))
            if stages[:1].entry:
                raise ValidationError(
                    self.env._(
                        "Leads begin at the first stage: the evaluation is asked for later."
                    )
                )

    @api.model
    def _strictness(self):
        return {
            **super()._strictness(),
            # Nobody named means everybody: the stricter of the two
            "handover_role_ids": lambda values: union_ids(values) if all(values) else (),
            "proposal_mode": strictest_in(*(mode for mode, _label in PROPOSAL_MODES)),
        }

    def _after_publish(self):
        super()._after_publish()
        self.sudo()._make_lead_stages()

    def action_make_lead_stages(self):
        """Make the stages of the process in the pipelines of the teams covered.

        Stages that exist are brought up to date; those of nobody and of other teams are
        left as they are (C05).

        :raise UserError: if the profile names no stages, or is not a draft or in force
        """
        self.check_access("write")
        for profile in self:
            if profile.is_template or not profile.lead_stage_ids:
                raise UserError(self.env._("Adopt the profile and name its stages first."))
        self.sudo()._make_lead_stages()
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._("The stages are in the pipelines of the teams covered."),
            },
        }

    def _make_lead_stages(self):
        for profile in self.filtered("lead_stage_ids"):
            if teams := profile._process_teams():
                profile._make_stages_of(teams)

    def _make_stages_of(self, teams):
        """One stage of the pipeline for each row, for all these teams."""
        Stage = engine(self.env["crm.stage"])
        known = {
            stage.regulation_code: stage
            for stage in Stage.search([("regulation_process", "=", self.code)])
        }
        for number, row in enumerate(self.lead_stage_ids.sorted(lambda row: (row.sequence, row.id))):
            values = row._prepare_stage(teams)
            if stage := known.get(row.code):
                values["team_ids"] = [Command.link(team.id) for team in teams]
                stage.write(values)
            else:
                Stage.create({**values, "sequence": _FIRST + number})

    def _process_teams(self):
        """The sales teams that work by this profile.

        Those that it is assigned to, and all teams of a company that it is assigned to as a
        whole. Teams of no company: if there is no other company they could belong to.
        """
        self.ensure_one()
        teams = self.assignment_ids.team_id
        companies = self.assignment_ids.filtered(
            lambda line: line._place()[0] == "company"
        ).company_id
        if companies:
            owners = [*companies.ids]
            if len(self.env["res.company"].search([], limit=2)) == 1:
                owners.append(False)
            teams |= self.env["crm.team"].search([("company_id", "in", owners)])
        return teams
