# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain

from ...tools import Policy, engine, is_engine
from ...tools.policy import MODES

IN_FORCE = ("trial", "active")


class RegulationProfile(models.Model):
    """A version of a company's sales regulation: every switch and every figure.

    The domains add their settings by extending this model and declare in
    ``_strictness`` how the stricter of two values is found. A version in force is not
    edited: a new version is made by copy, so that what was judged stays explained. It has a
    statement, duties, rules and figures (S1-01, S4-098, S4-168, S4-361), says who compiled,
    reviewed and published it (S2-01), holds from its date (S4-100), and what people think of
    it is written in its messages (S1-37).
    """

    _name = "regulation.profile"
    _description = "Regulation Profile"
    _inherit = ["regulation.sealed", "mail.thread", "mail.activity.mixin"]
    _order = "code, date_from desc, id desc"

    _sealed_fields = frozenset(
        {"state", "published_by_id", "published_at", "previous_id", "is_template"}
    )

    _code_version_uniq = models.UniqueIndex(
        "(code, version, COALESCE(is_template, FALSE))",
        "This version of the profile exists already.",
    )
    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_from IS NULL OR date_to >= date_from)",
        "A profile cannot end before it begins.",
    )

    name = fields.Char(required=True, translate=True, tracking=True)
    code = fields.Char(required=True, tracking=True)
    version = fields.Char(required=True, default="1.0", tracking=True)
    active = fields.Boolean(default=True)
    is_template = fields.Boolean(
        string="Shipped Profile",
        readonly=True,
        copy=False,
        help="A preset that comes with the product: adopt it to make your own from it.",
    )
    state = fields.Selection(
        selection=[
            ("draft", "Draft"),
            ("trial", "On trial"),
            ("active", "In force"),
            ("retired", "Retired"),
        ],
        default="draft",
        required=True,
        readonly=True,
        copy=False,
        tracking=True,
        help="On trial is in force too, and marked so (試行).",
    )
    date_from = fields.Date(string="Effective from", copy=False, tracking=True)
    date_to = fields.Date(string="Effective until", copy=False, tracking=True)
    review_date = fields.Date(string="Next Review", copy=False, tracking=True)
    previous_id = fields.Many2one(
        comodel_name="regulation.profile",
        string="Previous Version",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    next_ids = fields.One2many(
        comodel_name="regulation.profile", inverse_name="previous_id", string="Later Versions"
    )
    statement = fields.Html(translate=True, help="Policy statement shown to everybody covered.")
    owner_department_id = fields.Many2one(comodel_name="hr.department", string="Owner Department")
    compiled_by_id = fields.Many2one(comodel_name="res.users", string="Compiled by")
    reviewed_by_id = fields.Many2one(comodel_name="res.users", string="Reviewed by")
    published_by_id = fields.Many2one(
        comodel_name="res.users", string="Published by", readonly=True, copy=False
    )
    published_at = fields.Datetime(string="Published at", readonly=True, copy=False)
    deputy_role_id = fields.Many2one(
        comodel_name="regulation.role",
        string="Deputy at the Top",
        help="Who decides what the head of the line submits himself."
        " Empty: he decides himself, which is recorded, counted and reported.",
    )
    assignment_ids = fields.One2many(
        comodel_name="regulation.profile.assignment",
        inverse_name="profile_id",
        string="Assigned to",
        copy=False,
    )
    gate_ids = fields.One2many(
        comodel_name="regulation.profile.gate", inverse_name="profile_id", string="Gates", copy=True
    )
    company_ids = fields.Many2many(
        comodel_name="res.company", compute="_compute_company_ids", string="Companies"
    )
    is_superseded = fields.Boolean(
        string="Superseded",
        compute="_compute_is_superseded",
        search="_search_is_superseded",
        help="In force by its dates, but newer versions hold for all whom it is assigned to.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "version")
    def _compute_display_name(self):
        for profile in self:
            profile.display_name = f"{profile.name} {profile.version}"

    @api.depends("assignment_ids.company_id")
    def _compute_company_ids(self):
        for profile in self:
            profile.company_ids = profile.assignment_ids.company_id

    @api.depends("state", "date_from", "date_to", "assignment_ids")
    def _compute_is_superseded(self):
        """Asked of the resolution itself, which is cached; by the date of each company."""
        for profile in self:
            profile.is_superseded = (
                profile.state in IN_FORCE and profile.date_from and not profile._is_effective()
            )

    def _is_effective(self):
        """Whether the version holds in one of its companies today, or will."""
        effective = not self.assignment_ids
        for company in self.sudo().assignment_ids.company_id:
            today = company._regulation_today()
            if self.date_from > today or (self.date_to and self.date_to < today):
                return True  # its dates say what it is
            effective |= self._origin.id in {row[0] for row in self._assignments_on(company.id, today)}
        return effective

    def _search_is_superseded(self, operator, value):
        if operator != "in":
            return NotImplemented
        published = self.sudo().search([("state", "in", IN_FORCE)])
        superseded = published.filtered("is_superseded")
        return Domain("id", "in" if True in value else "not in", superseded.ids)

    # === CONSTRAINT METHODS === #

    @api.constrains("state", "date_from")
    def _check_in_force(self):
        for profile in self.filtered(lambda profile: profile.state in IN_FORCE):
            if not profile.date_from:
                raise ValidationError(self.env._("A profile in force needs a date."))

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        default = dict(default or {})
        vals_list = super().copy_data(default=default)
        for profile, vals in zip(self, vals_list, strict=True):
            if "version" not in default and "code" not in default:
                vals["version"] = profile._next_version()
        return vals_list

    @api.model_create_multi
    def create(self, vals_list):
        self._clear_policy_cache()
        return super().create(vals_list)

    #: what may change on a version in force without becoming another regulation
    _editable_in_force = frozenset({"date_to", "review_date", "active", "assignment_ids"})
    #: of these, what decides whether it is in force at all: the director's
    _directors_fields = frozenset({"date_from", "date_to", "active"})

    def write(self, vals):
        if not is_engine(self.env):
            fixed = self._settings_fields() | {"date_from"}
            self._check_editable(fixed.intersection(vals))
            if self._directors_fields.intersection(vals):
                self.filtered(lambda profile: profile.state in IN_FORCE)._check_director()
        self._clear_policy_cache()
        result = super().write(vals)
        if "state" in vals or self._directors_fields.intersection(vals):
            # What is shown without a regulation differs from what is shown under one
            self.env.invalidate_all()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_published(self):
        if any(profile.state != "draft" for profile in self):
            raise UserError(self.env._("A published profile is kept: retire it instead."))
        self._check_not_shipped()
        self._clear_policy_cache()

    # === ACTION METHODS === #

    def action_publish(self):
        """Put the profile into force. Only a director of every assigned company may (S0-23).

        :raise AccessError: if the caller does not hold the role
        :raise UserError: if the profile is not a draft or covers nobody
        """
        self._publish("active")

    def action_publish_trial(self):
        """Put the profile into force on trial: binding, and marked so (S4-099)."""
        self._publish("trial")

    def action_retire(self):
        """Take the profile out of force; its companies fall back to stock behaviour."""
        self._check_director()
        for profile in self:
            if profile.state not in IN_FORCE:
                raise UserError(self.env._("Only a profile in force can be retired."))
        engine(self.sudo()).write({"state": "retired"})
        self.env["regulation.register"]._record(
            "profile_retired", self, profile_id=lambda profile: profile.id
        )

    def action_new_version(self):
        """Make the next version as a draft copy, and open it."""
        self.ensure_one()
        self.check_access("write")
        # The administrator may copy settings that he may not look up (journals, carriers)
        draft = self.sudo().copy().sudo(False)
        engine(draft).write({"previous_id": self.id})
        for line in self.sudo().assignment_ids:
            line.copy({"profile_id": draft.id})
        return {
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": draft.id,
            "view_mode": "form",
        }

    # === BUSINESS METHODS === #

    def _publish(self, state):
        self._check_director()
        for profile in self:
            if profile.state not in ("draft", "trial") or profile.is_template:
                raise UserError(self.env._("Only a draft of your own can be published."))
            if not profile.assignment_ids:
                raise UserError(
                    self.env._("Assign the profile to a company, team, department or job first.")
                )
            profile._check_complete()
        for profile in self:
            # The role decides, not the access list: a director need not be an administrator
            engine(profile.sudo()).write(
                {
                    "state": state,
                    "date_from": profile.date_from
                    or profile.assignment_ids.company_id[0]._regulation_today(),
                    "published_by_id": self.env.uid,
                    "published_at": fields.Datetime.now(),
                }
            )
        self.env["regulation.register"]._record(
            "profile_published", self, code=state, profile_id=lambda profile: profile.id
        )
        self._after_publish()

    def _check_complete(self):
        """Raise UserError if a setting is missing without which the profile cannot work."""

    def _after_publish(self):
        """What follows a publication: notice, acknowledgement. Extended by the engines."""

    def _check_director(self):
        director = self.env["regulation.role"]._code("director")
        # Beyond the companies the caller has open: he answers for all of them
        for profile in self.sudo():
            for company in profile.assignment_ids.company_id or self.env.company:
                if not director._held_by(self.env.user, company):
                    raise AccessError(
                        self.env._(
                            "Only the director of %(company)s publishes or retires its sales"
                            " regulation. Holders: %(holders)s",
                            company=company.name,
                            holders=", ".join(director._holders(company).mapped("name"))
                            or self.env._("nobody yet, see Configuration > Roles"),
                        )
                    )

    def _check_editable(self, names):
        """Raise UserError if settings of a version in force would change."""
        if names:
            self._check_not_shipped()
        locked = self.filtered(lambda profile: profile.state != "draft")
        if names and locked and not is_engine(self.env):
            raise UserError(
                self.env._(
                    "%(profile)s is published: make a new version to change it.",
                    profile=locked[0].display_name,
                )
            )

    def _check_not_shipped(self):
        """Raise UserError if a person would change a shipped profile; updates of the product may."""
        if not self.env.su and not is_engine(self.env) and any(self.mapped("is_template")):
            raise UserError(
                self.env._("A shipped profile comes with the product: adopt it to make your own.")
            )

    @api.model
    def _check_sealed(self, vals, creating=False):
        # Shipped profiles arrive with the data of the product, which is loaded by the system
        if self.env.su and "is_template" in vals:
            vals = {name: value for name, value in vals.items() if name != "is_template"}
        return super()._check_sealed(vals, creating=creating)

    def _next_version(self):
        self.ensure_one()
        head, _dot, tail = self.version.rpartition(".")
        number = int(tail) if tail.isdigit() else 0
        prefix = f"{head}." if head else ""
        taken = set(
            self.sudo()
            .with_context(active_test=False)
            .search([("code", "=", self.code), ("is_template", "=", False)])
            .mapped("version")
        )
        while f"{prefix}{number}" in taken or not number:
            number += 1
        return f"{prefix}{number}"

    # === RESOLUTION === #

    @api.model
    def _strictness(self):
        """How the stricter of several values of a setting is found: ``{field: function}``.

        See ``tools/policy.py``. A setting without entry is taken from the most specific profile.
        """
        return {}

    @api.model
    def _settings_fields(self):
        """Fields that make up the regulation itself, in the snapshot and fixed when published."""
        technical = {
            *models.MAGIC_COLUMNS,
            *self._sealed_fields,
            *self._editable_in_force,
            "display_name",
            "date_from",
            "next_ids",
            "company_ids",
        }
        inherited = self.env["mail.thread"]._fields.keys() | self.env["mail.activity.mixin"]._fields
        return {
            name
            for name, field in self._fields.items()
            if name not in technical and name not in inherited and field.store
        }

    @api.model
    def _regulated_companies(self):
        """Ids of the companies in which some profile is or may today be in force.

        Every guard asks this first: empty, the answer comes from a cache and the
        addon costs no query.
        """
        return self._regulated_companies_on(fields.Date.today())

    @api.model
    @tools.ormcache("today", cache="stable")
    def _regulated_companies_on(self, today):
        # A company's own date may be a day off the server's: ``_resolve`` is exact
        profiles = self.sudo().search(
            [
                ("state", "in", IN_FORCE),
                ("date_from", "<=", today + timedelta(days=1)),
                "|",
                ("date_to", "=", False),
                ("date_to", ">=", today - timedelta(days=1)),
            ]
        )
        companies = profiles.assignment_ids.company_id
        return frozenset(
            self.env["res.company"].sudo().search([("id", "child_of", companies.ids)]).ids
        )

    @api.model
    def _resolve(self, subjects, day=None):
        """What is in force for each subject.

        :param dict subjects: ``{key: (company, users, teams)}``; the most specific
            assignment of each user counts (job, department, team, company); several
            users, several teams, or a team he is no member of: the stricter values
        :param day: date in the company's time zone; today if not given
        :return: ``{key: Policy}``; two queries at most for all of them
        """
        users = self.env["res.users"].union(*(subject[1] for subject in subjects.values()))
        places = self._places_of(users)
        strictness = self._strictness()
        cache = {}
        result = {}
        for key, (company, owners, teams) in subjects.items():
            cache_key = (company.id, owners._ids, teams._ids)
            if cache_key not in cache:
                lines = self._assignments_on(company.id, day or company._regulation_today())
                cache[cache_key] = self._resolve_one(
                    lines, company, owners, teams, places, strictness
                )
            result[key] = cache[cache_key]
        return result

    def _resolve_one(self, lines, company, owners, teams, places, strictness):
        if not lines:
            return Policy()
        profiles = []
        for user in owners:
            profiles += self._most_specific(
                lines, places.get((user.id, company.root_id.id), _NOWHERE)
            )
        for team in teams:
            if any(
                team.id in places.get((user.id, company.root_id.id), _NOWHERE)["team"]
                for user in owners
            ):
                continue
            # A team the owner is no member of: its regulation counts beside his
            profiles += [
                profile for profile, kind, place in lines if kind == "team" and place == team.id
            ]
        if not profiles:
            profiles = [profile for profile, kind, _place in lines if kind == "company"][:1]
        snapshots = [self._snapshot(profile) for profile in dict.fromkeys(profiles)]
        return Policy(snapshots, strictness)

    def _most_specific(self, lines, place):
        for kind in ("job", "department", "team"):
            found = [
                profile
                for profile, line_kind, line_place in lines
                if line_kind == kind and line_place in place[kind]
            ]
            if found:
                return found
        return [profile for profile, kind, _place in lines if kind == "company"][:1]

    @api.model
    @tools.ormcache("company_id", "today", cache="stable")
    def _assignments_on(self, company_id, today):
        """``((profile id, kind, place id), ...)`` of a company on a day, the nearest company first.

        A branch follows its parent company as far as it has no assignment of its own.
        """
        company = self.env["res.company"].sudo().browse(company_id)
        for candidate in reversed(company.parent_ids):
            assignments = (
                self.env["regulation.profile.assignment"]
                .sudo()
                .search(
                    [
                        ("company_id", "=", candidate.id),
                        ("profile_id.state", "in", IN_FORCE),
                        ("profile_id.date_from", "<=", today),
                        "|",
                        ("profile_id.date_to", "=", False),
                        ("profile_id.date_to", ">=", today),
                    ],
                )
                # The newest version first: it supersedes what it was copied from
                .sorted(lambda row: (row.profile_id.date_from, row.profile_id.id), reverse=True)
            )
            if assignments:
                return tuple(self._latest_versions(assignments))
        return ()

    def _latest_versions(self, assignments):
        seen = set()
        for assignment in assignments:
            kind, place = assignment._place()
            key = (assignment.profile_id.code, kind, place)
            if kind == "company":
                key = (kind, place)  # one regulation for the whole company
            if key not in seen:
                seen.add(key)
                yield assignment.profile_id.id, kind, place

    @api.model
    def _places_of(self, users):
        """``{(user id, root company id): {"team": ids, "department": ids, "job": ids}}``, one query."""
        if not users or not self._has_narrow_assignments():
            return {}
        self.env["crm.team.member"].flush_model(["crm_team_id", "user_id", "active"])
        self.env["hr.employee"].flush_model(
            ["user_id", "company_id", "current_version_id", "active"]
        )
        self.env["hr.version"].flush_model(["department_id", "job_id"])
        rows = self.env.execute_query(
            tools.SQL(
                """
                SELECT member.user_id, NULL, 'team', member.crm_team_id
                  FROM crm_team_member member
                 WHERE member.active AND member.user_id IN %(users)s
                UNION ALL
                SELECT employee.user_id, employee.company_id, place.kind, place.id
                  FROM hr_employee employee
                  JOIN hr_version version ON version.id = employee.current_version_id
                 CROSS JOIN LATERAL (VALUES ('department', version.department_id),
                                            ('job', version.job_id)) AS place(kind, id)
                 WHERE employee.active AND employee.user_id IN %(users)s
                   AND place.id IS NOT NULL
                """,
                users=users._ids,
            )
        )
        roots = {
            company.id: company.root_id.id for company in self.env["res.company"].sudo().search([])
        }
        places = {}
        for user, company, kind, place in rows:
            for root in [roots[company]] if company else set(roots.values()):
                places.setdefault((user, root), {"team": set(), "department": set(), "job": set()})
                places[user, root][kind].add(place)
        return places

    @api.model
    @tools.ormcache(cache="stable")
    def _has_narrow_assignments(self):
        return bool(
            self.env["regulation.profile.assignment"]
            .sudo()
            .search_count(
                [
                    "|",
                    "|",
                    ("team_id", "!=", False),
                    ("department_id", "!=", False),
                    ("job_id", "!=", False),
                ],
                limit=1,
            )
        )

    @api.model
    @tools.ormcache("profile_id", cache="stable")
    def _snapshot(self, profile_id):
        """Everything a policy needs of a profile, as plain data."""
        profile = self.sudo().browse(profile_id)
        if not profile.exists():
            return {"id": 0, "settings": {}, "gates": {}}
        settings = {}
        for name in self._settings_fields():
            value = profile[name]
            settings[name] = value._ids if isinstance(value, models.BaseModel) else value
        return {
            "id": profile.id,
            "settings": settings,
            "gates": {
                line.gate_id.code: line._policy_line()
                for line in profile.gate_ids.sorted(lambda line: MODES.index(line.mode))
            },
        }

    @api.model
    def _clear_policy_cache(self):
        self.env.registry.clear_cache("stable")


_NOWHERE = {"team": frozenset(), "department": frozenset(), "job": frozenset()}
