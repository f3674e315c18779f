# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ...tools import engine


class RegulationProfileGate(models.Model):
    """How a profile sets a gate.

    The mode of a gate in force is moved by its button, which is recorded: this is how an
    existing company introduces a rule, first observing, then enforcing.
    """

    _name = "regulation.profile.gate"
    _description = "Gate of a Profile"
    _inherit = ["regulation.profile.part"]
    _order = "profile_id, sequence, id"
    _rec_name = "gate_id"

    _gate_uniq = models.Constraint("UNIQUE(profile_id, gate_id)", "A profile sets a gate once.")

    gate_id = fields.Many2one(
        comodel_name="regulation.gate", required=True, ondelete="cascade", index=True
    )
    sequence = fields.Integer(related="gate_id.sequence", store=True)
    mode = fields.Selection(
        selection=[("off", "Off"), ("observe", "Observe"), ("enforce", "Enforce")],
        default="observe",
        required=True,
        help="Observe: the step passes, the person sees the banner, the register notes it.",
    )
    quiet = fields.Boolean(help="No banner while observing: the register only.")
    release_role_id = fields.Many2one(
        comodel_name="regulation.role",
        string="Released by",
        compute="_compute_release_role_id",
        store=True,
        readonly=False,
        help="Who may let one document pass (特批).",
    )
    clause_codes = fields.Char(
        string="Clauses",
        compute="_compute_clause_codes",
        store=True,
        readonly=False,
        help="Codes of the clauses that this gate carries out, comma separated. Taken from the"
        " clause register, where it names this gate.",
    )
    state = fields.Selection(related="profile_id.state", string="Profile Status")

    @api.depends("gate_id")
    def _compute_release_role_id(self):
        for line in self:
            line.release_role_id = line.gate_id.default_release_role_id

    @api.depends("gate_id", "profile_id.clause_ids.code", "profile_id.clause_ids.gate_ids")
    def _compute_clause_codes(self):
        for line in self:
            # Without a register the codes typed here stay
            line.clause_codes = line._registered_codes() or line.clause_codes

    @api.constrains("clause_codes")
    def _check_clause_codes(self):
        for line in self:
            registered = line._registered_codes()
            if registered and line.clause_codes != registered:
                raise ValidationError(
                    self.env._(
                        "The clauses of %(gate)s stand in the clause register: %(codes)s.",
                        gate=line.gate_id.name,
                        codes=registered,
                    )
                )

    def action_off(self):
        """Switch the gate off."""
        self._set_mode("off")

    def action_observe(self):
        """Let the step pass and record what would have been stopped."""
        self._set_mode("observe")

    def action_enforce(self):
        """Stop the step."""
        self._set_mode("enforce")

    def _set_mode(self, mode):
        """Change the mode; of a profile in force only by its director, on record (S0-23)."""
        in_force = self.filtered(lambda line: line.profile_id.state in ("trial", "active"))
        self.profile_id._check_not_shipped()
        if any(line.profile_id.state == "retired" for line in self):
            raise UserError(self.env._("The profile is retired."))
        if drafts := self - in_force:
            drafts.check_access("write")
        in_force.profile_id._check_director()
        engine(self.sudo()).write({"mode": mode})
        self.profile_id._clear_policy_cache()
        self.env["regulation.register"]._record(
            "mode_changed",
            self.profile_id,
            code=mode,
            gate=",".join(self.gate_id.mapped("code")),
            profile_id=lambda profile: profile.id,
        )

    @api.model
    def _add_missing(self):
        """Give adopted profiles the gates that came with an update: off, nobody asked for them.

        So that the director can switch them on; shipped profiles set them themselves.
        """
        profiles = self.env["regulation.profile"].search(
            [("is_template", "=", False), ("state", "!=", "retired")]
        )
        gates = self.env["regulation.gate"].search([])
        engine(self).create(
            [
                {"profile_id": profile.id, "gate_id": gate.id, "mode": "off"}
                for profile in profiles
                for gate in gates - profile.gate_ids.gate_id
            ]
        )

    def _registered_codes(self):
        """Codes of the clauses that name this gate in the register, as ``clause_codes`` holds them."""
        self.ensure_one()
        clauses = self.profile_id.clause_ids.filtered(
            lambda clause: self.gate_id in clause.gate_ids
        )
        return ", ".join(sorted(code for code in clauses.mapped("code") if code))

    def _policy_line(self):
        """Plain data for the policy."""
        self.ensure_one()
        codes = [code.strip() for code in (self.clause_codes or "").split(",")]
        return {
            "mode": self.mode,
            "quiet": self.quiet,
            "release_role_id": self.release_role_id.id,
            "clauses": tuple(code for code in codes if code),
        }
