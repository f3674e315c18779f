# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Command, Domain

STEPS = ["profile", "scope", "gates", "figures", "roles", "activate"]


class RegulationSetup(models.TransientModel):
    """Make a company's own regulation from a shipped profile, in six small steps."""

    _name = "regulation.setup"
    _description = "Setup Assistant"

    step = fields.Selection(
        selection=[
            ("profile", "Choose"),
            ("scope", "Whom it covers"),
            ("gates", "Gates"),
            ("figures", "Figures"),
            ("roles", "Roles"),
            ("activate", "Activate"),
        ],
        default="profile",
        required=True,
    )
    template_id = fields.Many2one(
        comodel_name="regulation.profile",
        string="Shipped Profile",
        domain="[('is_template', '=', True)]",
    )
    preview = fields.Html(compute="_compute_preview", sanitize=False, compute_sudo=True)
    name = fields.Char(
        string="Name of your Regulation", compute="_compute_name", store=True, readonly=False
    )
    code = fields.Char(compute="_compute_name", store=True, readonly=False)
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, default=lambda self: self.env.company
    )
    team_id = fields.Many2one(
        comodel_name="crm.team",
        string="Only Sales Team",
        domain="[('company_id', 'in', (company_id, False))]",
        help="Empty: the whole company.",
    )
    date_from = fields.Date(string="Effective from", default=fields.Date.context_today)
    gate_line_ids = fields.One2many(
        comodel_name="regulation.setup.gate",
        inverse_name="setup_id",
        string="Gates",
        compute="_compute_lines",
        store=True,
        readonly=False,
    )
    figure_line_ids = fields.One2many(
        comodel_name="regulation.setup.figure",
        inverse_name="setup_id",
        string="Figures",
        compute="_compute_lines",
        store=True,
        readonly=False,
    )
    role_line_ids = fields.One2many(
        comodel_name="regulation.setup.role",
        inverse_name="setup_id",
        string="Roles",
        compute="_compute_lines",
        store=True,
        readonly=False,
    )
    activation = fields.Selection(
        selection=[
            ("draft", "Leave it a draft"),
            ("trial", "Publish on trial"),
            ("active", "Publish"),
        ],
        default="draft",
        required=True,
    )
    may_publish = fields.Boolean(compute="_compute_may_publish")
    directors = fields.Char(compute="_compute_may_publish")

    # === COMPUTE METHODS === #

    @api.depends("template_id")
    def _compute_name(self):
        for setup in self:
            setup.name = setup.template_id.name
            setup.code = setup.template_id.code

    @api.depends("template_id")
    def _compute_lines(self):
        for setup in self:
            template = setup.template_id
            setup.gate_line_ids = [Command.clear()] + [
                Command.create({"gate_id": line.gate_id.id, "mode": line.mode})
                for line in template.gate_ids
            ]
            setup.figure_line_ids = [Command.clear()] + [
                Command.create({"figure_id": figure.id, "value": figure.value})
                for figure in template.figure_ids
            ]
            setup.role_line_ids = [Command.clear()] + [
                Command.create({"role_id": role.id}) for role in setup._needed_roles()
            ]

    @api.depends("company_id", "role_line_ids.user_id", "role_line_ids.role_id")
    @api.depends_context("uid")
    def _compute_may_publish(self):
        director = self.env["regulation.role"]._code("director")
        for setup in self:
            named = setup.role_line_ids.filtered(lambda line: line.role_id == director).user_id
            holders = director._holders(setup.company_id) if setup.company_id else named
            # Beside a director nobody becomes one without his consent
            directors = holders or named
            setup.may_publish = self.env.user in directors
            setup.directors = ", ".join(directors.mapped("name"))

    @api.depends("template_id", "company_id", "team_id")
    @api.depends_context("lang")
    def _compute_preview(self):
        for setup in self:
            setup.preview = (
                self.env["ir.qweb"]._render("sales_regulation.setup_preview", setup._preview())
                if setup.template_id
                else False
            )

    @api.onchange("company_id")
    def _onchange_company_id(self):
        if self.team_id.company_id and self.team_id.company_id != self.company_id:
            self.team_id = False

    # === ACTION METHODS === #

    def action_next(self):
        """Go on to the next step."""
        return self._go(1)

    def action_back(self):
        """Go back to the step before."""
        return self._go(-1)

    def action_observe_all(self):
        """An existing company introduces its rules without stopping its business."""
        self.ensure_one()
        self.gate_line_ids.filtered(lambda line: line.mode == "enforce").mode = "observe"
        return self._go(0)

    def action_finish(self):
        """Adopt the shipped profile with what was chosen, and publish it if wanted.

        :raise AccessError: if it shall be published and the caller is not the director
        """
        self.ensure_one()
        if not self.template_id:
            raise UserError(self.env._("Choose a shipped profile first."))
        self._assign_roles()
        profile = self.template_id._adopt(self._prepare_profile())
        self._set_gates(profile)
        for line in self.figure_line_ids:
            figure = profile.figure_ids.filtered(
                lambda figure, line=line: figure.target == line.figure_id.target
            )
            figure.value = line.value
        if self.activation != "draft":
            profile._publish(self.activation)
        return {
            "type": "ir.actions.act_window",
            "res_model": "regulation.profile",
            "res_id": profile.id,
            "view_mode": "form",
            "target": "current",
        }

    # === BUSINESS METHODS === #

    def _go(self, direction):
        self.ensure_one()
        if not self.template_id:
            raise UserError(self.env._("Choose a shipped profile first."))
        index = STEPS.index(self.step) + direction
        self.step = STEPS[min(max(index, 0), len(STEPS) - 1)]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Setup Assistant"),
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def _prepare_profile(self):
        code = self.code or self.template_id.code
        versions = (
            self.env["regulation.profile"]
            .with_context(active_test=False)
            .search([("code", "=", code), ("is_template", "=", False)], order="id desc")
        )
        return {
            "name": self.name or self.template_id.name,
            "code": code,
            "version": versions[0]._next_version() if versions else self.template_id.version,
            "date_from": self.date_from,
            "compiled_by_id": self.env.uid,
            "assignment_ids": [
                Command.create({"company_id": self.company_id.id, "team_id": self.team_id.id})
            ],
        }

    def _set_gates(self, profile):
        modes = {line.gate_id: line.mode for line in self.gate_line_ids}
        for line in profile.gate_ids:
            mode = modes.get(line.gate_id, "off")
            if line.mode != mode:
                line.mode = mode

    def _assign_roles(self):
        Assignment = self.env["regulation.role.assignment"]
        for line in self.role_line_ids:
            if line.user_id and not line.role_id._held_by(line.user_id, self.company_id):
                Assignment.create(
                    {
                        "role_id": line.role_id.id,
                        "company_id": self.company_id.id,
                        "user_id": line.user_id.id,
                        "date_from": self.company_id._regulation_today(),
                    }
                )

    def _needed_roles(self):
        """The roles that the profile asks for, the director first."""
        self.ensure_one()
        Role = self.env["regulation.role"]
        roles = (
            Role._code("director")
            | self.template_id.gate_ids.filtered(lambda line: line.mode != "off").release_role_id
        )
        for name, field in self.template_id._fields.items():
            if field.type in ("many2one", "many2many") and field.comodel_name == Role._name:
                roles |= self.template_id[name]
        for name in self.template_id._part_fields():
            lines = self.template_id[name]
            if "role_id" in lines._fields:
                roles |= lines.role_id
        return roles.sorted("sequence")

    def _preview(self):
        """What the template shows of the profile before it is adopted."""
        self.ensure_one()
        template = self.template_id
        kinds = dict(
            self.env["regulation.clause"]._fields["carrier"]._description_selection(self.env)
        )
        clauses = template.clause_ids.grouped("carrier")
        held = self.env["regulation.role"]
        roles = self._needed_roles()
        holders = roles._holders_by_role(self.company_id) if self.company_id and roles else {}
        vacant = roles.filtered(lambda role: not holders.get(role.id)) if holders else roles - held
        return {
            "template": template,
            "gates": template.gate_ids,
            "modes": dict(
                self.env["regulation.profile.gate"]._fields["mode"]._description_selection(self.env)
            ),
            "settings": template._settings_overview(),
            "clauses": [
                (label, len(clauses[kind])) for kind, label in kinds.items() if kind in clauses
            ],
            "clause_total": len(template.clause_ids),
            "vacant": vacant.mapped("name"),
            "past": self._documents_past(),
        }

    def _documents_past(self):
        """Documents that are past a gate already and stay exempt: ``[(step, number), ...]``."""
        self.ensure_one()
        if not self.company_id:
            return []
        sources = self.env["regulation.clause"]._steps_taken()
        past = {}
        for point in self.template_id.gate_ids.gate_id.point_ids:
            key = (point.model, point.stage)
            if key in sources and key not in past:
                domain = sources[key][0] & Domain("company_id", "child_of", self.company_id.id)
                model = self.env[point.model].sudo()
                if self.team_id and "team_id" in model._fields:
                    domain &= Domain("team_id", "=", self.team_id.id)
                past[key] = model.search_count(domain)
        models_names = {model: self.env["ir.model"]._get(model).name for model, _stage in past}
        return [
            (f"{models_names[model]} ({stage})", count)
            for (model, stage), count in past.items()
            if count
        ]


class RegulationSetupGate(models.TransientModel):
    _name = "regulation.setup.gate"
    _description = "Setup Assistant: Gate"
    _order = "id"

    setup_id = fields.Many2one(comodel_name="regulation.setup", required=True, ondelete="cascade")
    gate_id = fields.Many2one(comodel_name="regulation.gate", required=True)
    description = fields.Text(related="gate_id.description")
    mode = fields.Selection(
        selection=[("off", "Off"), ("observe", "Observe"), ("enforce", "Enforce")],
        default="observe",
        required=True,
    )


class RegulationSetupFigure(models.TransientModel):
    _name = "regulation.setup.figure"
    _description = "Setup Assistant: Figure"
    _order = "id"

    setup_id = fields.Many2one(comodel_name="regulation.setup", required=True, ondelete="cascade")
    figure_id = fields.Many2one(
        comodel_name="regulation.profile.figure", required=True, ondelete="cascade"
    )
    name = fields.Char(related="figure_id.name")
    unit = fields.Char(related="figure_id.unit")
    origin = fields.Selection(related="figure_id.origin")
    value = fields.Float(digits=(16, 2))


class RegulationSetupRole(models.TransientModel):
    _name = "regulation.setup.role"
    _description = "Setup Assistant: Role"
    _order = "id"

    setup_id = fields.Many2one(comodel_name="regulation.setup", required=True, ondelete="cascade")
    company_id = fields.Many2one(related="setup_id.company_id")
    role_id = fields.Many2one(comodel_name="regulation.role", required=True)
    holders = fields.Char(string="Held by", compute="_compute_holders")
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Give it to",
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )

    @api.depends("role_id", "setup_id.company_id")
    def _compute_holders(self):
        for company, lines in self.grouped("company_id").items():
            rows = lines.role_id._holders_by_role(company) if company else {}
            users = self.env["res.users"].sudo()
            for line in lines:
                ids = {user for user, _team in rows.get(line.role_id.id, [])}
                line.holders = ", ".join(users.browse(ids).mapped("name"))
