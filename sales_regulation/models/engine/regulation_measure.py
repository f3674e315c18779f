# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ...tools import engine


class RegulationMeasure(models.Model):
    """A reward, a penalty or a charge: proposed, decided by HR, heard, effective.

    Whoever applies a rule only proposes (``_propose``); HR decides, the employee may state
    his view before it takes effect. The addons that compute amounts build on this record;
    nothing is computed here.
    """

    _name = "regulation.measure"
    _description = "Measure"
    _inherit = ["regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "id desc"
    _check_company_auto = True

    _sealed_fields = frozenset(
        {
            "state",
            "company_id",
            "profile_id",
            "proposed_by_id",
            "proposed_at",
            "decided_by_id",
            "decided_at",
            "statement",
            "statement_at",
            "effective_by_id",
            "effective_at",
            "fingerprint",
        }
    )

    #: what was decided on, fixed with the decision
    _facts = frozenset(
        {
            "amount",
            "currency_id",
            "kind",
            "user_id",
            "date",
            "name",
            "clause_codes",
            "res_model",
            "res_id",
        }
    )

    name = fields.Char(string="Reason", required=True, tracking=True)
    kind = fields.Selection(
        selection=[("reward", "Reward"), ("penalty", "Penalty"), ("charge", "Charge")],
        required=True,
        tracking=True,
        help="Charge: a loss that the employee has to bear (赔偿).",
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Employee",
        required=True,
        index=True,
        ondelete="restrict",
        tracking=True,
        domain="[('share', '=', False)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        readonly=True,
        index=True,
        default=lambda self: self.env.company,
    )
    amount = fields.Monetary(tracking=True)
    currency_id = fields.Many2one(
        comodel_name="res.currency",
        required=True,
        default=lambda self: self.env.company.currency_id,
    )
    date = fields.Date(
        string="Happened on", required=True, default=fields.Date.context_today, tracking=True
    )
    clause_codes = fields.Char(string="Clauses")
    profile_id = fields.Many2one(
        comodel_name="regulation.profile", readonly=True, ondelete="restrict", copy=False
    )
    res_model = fields.Char(string="Document Model", readonly=True, copy=False)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", readonly=True, copy=False
    )
    state = fields.Selection(
        selection=[
            ("proposed", "Proposed"),
            ("decided", "Decided"),
            ("stated", "Statement given"),
            ("effective", "Effective"),
            ("refused", "Not applied"),
        ],
        default="proposed",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
    )
    proposed_by_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    proposed_at = fields.Datetime(readonly=True, copy=False)
    decided_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    decided_at = fields.Datetime(readonly=True, copy=False)
    statement = fields.Text(
        string="Employee's Statement", readonly=True, copy=False, tracking=True
    )
    statement_at = fields.Datetime(readonly=True, copy=False)
    effective_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    effective_at = fields.Datetime(readonly=True, copy=False)
    fingerprint = fields.Char(
        string="Proposed Content",
        readonly=True,
        copy=False,
        groups="base.group_system",
        help="Hash of what was proposed. What was changed since is decided on by whoever has"
        " read the change.",
    )
    content_hash = fields.Char(
        compute="_compute_content_hash", help="Hash of what is read here: the decision is on that."
    )
    is_mine = fields.Boolean(compute="_compute_is_mine")

    _amount_sign = models.Constraint("CHECK(amount >= 0)", "An amount is 0 or more.")
    _document_idx = models.Index("(res_model, res_id)")

    # === COMPUTE METHODS === #

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_is_mine(self):
        for measure in self:
            measure.is_mine = measure.user_id == self.env.user

    @api.depends(lambda self: sorted(self._facts))
    def _compute_content_hash(self):
        digests = self._digests()
        for measure in self:
            measure.content_hash = digests[measure.id]

    def _digests(self):
        """``{id: hash of what is decided on}``."""
        return self.env["regulation.fingerprint"]._digests(
            {
                measure.id: {name: measure[name] or False for name in self._facts}
                for measure in self
            }
        )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        measures = super().create(vals_list)
        measures._check_not_own_reward()
        now = fields.Datetime.now()
        for measure_id, digest in measures.sudo()._digests().items():
            engine(self.sudo().browse(measure_id)).write({"proposed_at": now, "fingerprint": digest})
        return measures

    def write(self, vals):
        if self._facts & set(vals):
            if any(measure.state != "proposed" for measure in self):
                raise UserError(self.env._("A decided measure is not edited."))
            self._check_not_concerned()
            result = super().write(vals)
            self._check_not_own_reward()
            return result
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_decided(self):
        if any(measure.state != "proposed" for measure in self):
            raise UserError(self.env._("A decided measure is kept."))
        self._check_not_concerned()

    def _check_not_own_reward(self):
        if not self.env.su and any(
            measure.user_id == self.env.user and measure.kind == "reward" for measure in self
        ):
            raise AccessError(self.env._("Nobody proposes his own reward."))

    def _check_not_concerned(self):
        """What others propose about somebody he neither softens nor deletes."""
        if not self.env.su and any(
            measure.user_id == self.env.user and measure.proposed_by_id != self.env.user
            for measure in self
        ):
            raise AccessError(self.env._("Nobody edits or deletes a measure about himself."))

    # === ACTION METHODS === #

    def action_decide(self):
        """Apply the measure; the employee may state his view. HR only.

        HR decides on what it has read: the form sends the hash of what it shows
        (``measure_read`` in the context). Without it, only what is as it was proposed is
        decided on.

        :raise UserError: if the proposal was changed meanwhile
        """
        self._check_as_read()
        self._step("proposed", {"state": "decided"}, "decided")

    def action_refuse(self):
        """Do not apply it. HR only, on what it has read as in ``action_decide``."""
        self._check_as_read()
        self._step("proposed", {"state": "refused"}, "decided")

    def action_state(self, statement):
        """The employee's statement before the measure takes effect; his alone.

        :param str statement: his words
        """
        self.check_access("read")
        if not (statement or "").strip():
            raise UserError(self.env._("A statement says something."))
        for measure in self:
            if measure.user_id != self.env.user:
                raise AccessError(self.env._("Only the employee concerned makes a statement."))
            if measure.state != "decided":
                raise UserError(self.env._("A statement is made between decision and effect."))
        engine(self.sudo()).write(
            {"state": "stated", "statement": statement, "statement_at": fields.Datetime.now()}
        )

    def action_effect(self):
        """Let the decided measure take effect. HR only."""
        self._step(("decided", "stated"), {"state": "effective"}, "effective")

    # === BUSINESS METHODS === #

    @api.model
    def _propose(self, vals_list):
        """Propose measures; for the rules of other engines.

        :param vals_list: kind, user_id, name and what else is known: amount, currency_id,
            date, clause_codes, profile_id, res_model, res_id, company_id
        """
        return engine(self.sudo()).create(vals_list).with_env(self.sudo().env)

    def _check_as_read(self):
        """Nobody changes a proposal between its reading and the decision on it."""
        self.check_access("read")
        read = self.env.context.get("measure_read")
        for measure in self.sudo().filtered(lambda measure: measure.state == "proposed"):
            known = read if read and len(self) == 1 else measure.fingerprint
            if known and measure.content_hash != known:
                raise UserError(
                    self.env._(
                        "%(measure)s was changed at %(time)s by %(person)s after it was proposed"
                        " or opened: open it, read it again and decide there.",
                        measure=measure.display_name,
                        time=fields.Datetime.context_timestamp(measure, measure.write_date)
                        .replace(tzinfo=None, microsecond=0),
                        person=measure.write_uid.display_name,
                    )
                )

    def _step(self, states, vals, stamp):
        states = (states,) if isinstance(states, str) else states
        self.check_access("read")
        role = self.env["regulation.role"]._code("hr")
        for measure in self:
            if not role._held_by(self.env.user, measure.company_id):
                raise AccessError(
                    self.env._(
                        "HR decides on measures (%s).",
                        ", ".join(role._holders(measure.company_id).mapped("name")) or "-",
                    )
                )
            if measure.user_id == self.env.user:
                raise AccessError(self.env._("Nobody decides on a measure about himself."))
            if measure.state not in states:
                raise UserError(self.env._("This step was taken already."))
            if stamp == "decided" and measure.proposed_by_id == self.env.user:
                others = role._holders(measure.company_id) - measure.user_id - self.env.user
                if others:
                    raise AccessError(
                        self.env._(
                            "You have proposed it yourself: %s decides on it.",
                            ", ".join(others.mapped("name")),
                        )
                    )
                self.env["regulation.register"]._record(
                    "self_decided", measure.sudo(), code="measure"
                )
        engine(self.sudo()).write(
            {
                **vals,
                f"{stamp}_by_id": self.env.uid,
                f"{stamp}_at": fields.Datetime.now(),
            }
        )
