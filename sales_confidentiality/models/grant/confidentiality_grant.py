# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import sys
from collections import defaultdict

from odoo import api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import KeptQuery, engine

from ...tools import Access

_CACHE = "confidentiality.access"
#: conditions that were made of the rights, kept as long as these
DOMAINS = "confidentiality.domains"
#: what a person holds today: asked at every request, so its plan is kept
FACTS = KeptQuery(
    "confidentiality_facts",
    {"of_people": "int[]", "of_day": "date"},
    {"user_id": "int", "kind": "text", "key": "int", "value": "int"},
)
_OFFICER = "sales_confidentiality.group_confidentiality_officer"


class ConfidentialityGrant(models.Model):
    """What a person may read: a category up to a level, from when until when (C50).

    Counts only while the NDA and the examination that the level demands are valid. Given by
    the officer, never edited: a new decision is a new grant, an old one is revoked.
    """

    _name = "confidentiality.grant"
    _description = "Confidentiality Grant"
    _inherit = ["confidentiality.dated", "regulation.sealed", "mail.thread"]
    _order = "user_id, category_id, id desc"

    _sealed_fields = frozenset({"granted_by_id", "revoked_by_id", "revoked_at"})
    _facts = frozenset(
        {
            "user_id",
            "category_id",
            "level_id",
            "extent",
            "may_export",
            "may_print",
            "date_from",
            "date_to",
        }
    )

    category_id = fields.Many2one(
        comodel_name="confidentiality.category", required=True, index=True, ondelete="restrict"
    )
    level_id = fields.Many2one(
        comodel_name="confidentiality.level",
        string="Up to",
        required=True,
        ondelete="restrict",
    )
    extent = fields.Selection(
        selection=[("full", "In full"), ("card", "Base card: protected fields masked")],
        required=True,
        default="full",
        help="The base card shows that the record exists, its name, language, country and"
        " address: for those who ship, bill or review without needing the rest.",
    )
    may_export = fields.Boolean(
        help="Takes records up to this level out as a table or file, beside Odoo's right to export"
        " (S4-048)."
    )
    may_print = fields.Boolean(
        help="Prints records of the levels where printing needs a right (S4-048)."
    )
    granted_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Granted by",
        readonly=True,
        copy=False,
        default=lambda self: self.env.user,
    )
    revoked_by_id = fields.Many2one(comodel_name="res.users", readonly=True, copy=False)
    revoked_at = fields.Datetime(readonly=True, copy=False)
    is_valid = fields.Boolean(string="Runs today", compute="_compute_is_valid")

    _dates = models.Constraint(
        "CHECK(date_to IS NULL OR date_to >= date_from)", "A grant cannot end before it begins."
    )

    # === COMPUTE METHODS === #

    @api.depends("date_from", "date_to", "revoked_at")
    def _compute_is_valid(self):
        # As it is judged: on the day of the person's company, wherever the reader is
        days = self.sudo().user_id.company_id._regulation_days()
        for grant in self:
            today = days.get(grant.sudo().user_id.company_id.id) or fields.Date.context_today(self)
            grant.is_valid = bool(
                not grant.revoked_at
                and grant.date_from
                and grant.date_from <= today
                and (not grant.date_to or grant.date_to >= today)
            )

    @api.depends("user_id", "category_id", "level_id")
    def _compute_display_name(self):
        for grant in self:
            grant.display_name = (
                f"{grant.user_id.name}: {grant.category_id.name} ({grant.level_id.name})"
            )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        grants = super().create(vals_list)
        self.env["regulation.register"]._record(
            "grant_given",
            grants,
            lambda grant: f"{grant.category_id.code}/{grant.level_id.code}/{grant.extent}",
            subject_id=lambda grant: grant.user_id.id,
        )
        return grants

    # === MESSAGES === #

    @api.model
    def _fixed_message(self):
        return self.env._("A grant is not edited: revoke it and give another one.")

    @api.model
    def _kept_message(self):
        return self.env._("A grant is kept: revoke a wrong one.")

    @api.model
    def _oneself_message(self):
        return self.env._("Nobody gives himself a grant.")

    # === ACTION METHODS === #

    def action_revoke(self):
        """End the grants now; the officer only. Effective at the person's next request."""
        self.check_access("read")
        if not (self.env.su or self.env.user.has_group(_OFFICER)):
            raise AccessError(self.env._("The confidentiality officer revokes grants."))
        open_grants = self.filtered(lambda grant: not grant.revoked_at)
        engine(open_grants.sudo()).write(
            {"revoked_by_id": self.env.uid, "revoked_at": fields.Datetime.now()}
        )
        self.env["regulation.register"]._record(
            "grant_revoked",
            open_grants,
            lambda grant: f"{grant.category_id.code}/{grant.level_id.code}",
            subject_id=lambda grant: grant.user_id.id,
        )

    # === BUSINESS METHODS === #

    def init(self):
        super().init()
        FACTS.define(self.env.cr, *self._facts_queries())

    @api.model
    def _forget(self):
        """What was known of people's rights in this transaction is not true any more."""
        self.env.cr.cache.pop(_CACHE, None)
        self.env.cr.cache.pop(DOMAINS, None)

    @api.model
    def _access(self, mode="enforce"):
        """What the current person may see today, or None if nothing is withheld from him.

        Known without a query while nothing is enforced; otherwise read once per transaction
        from the primary, so that a right which ended is gone at the next request.

        :param mode: ``observe`` judges as if observed categories were enforced
        :rtype: Access or None
        """
        if self.env.su:
            return None
        return self._access_of(self.env.user, mode)

    @api.model
    def _access_of(self, user, mode="enforce"):
        protection = self.env["confidentiality.model"]._protection()
        modes = ("enforce",) if mode == "enforce" else ("enforce", "observe")
        if protection.modes.isdisjoint(modes) or user._is_superuser():
            return None
        if "observe" not in protection.modes:
            modes = ("enforce",)  # judged alike
        known = self.env.cr.cache.setdefault(_CACHE, {})
        key = (user.id, modes)
        if key not in known and not user._is_internal():
            known[key] = self._access_of_party(user, protection, modes)
        if key not in known:
            if user.id not in known:
                known.update(self._facts_of(user))
            known[key] = self._judge(user.id, protection, modes, known[user.id])
        return known[key]

    @api.model
    def _judge(self, user_id, protection, modes, facts):
        """The rights that follow from the facts; no query."""
        full, card, own = [], [], []
        export, printing = set(), set()
        shared = defaultdict(list)
        for label in protection.labels:
            if label.open or label.mode not in modes:
                full.append(label.id)
                export.add(label.id)
                printing.add(label.id)
                continue
            if facts["suspended"] or not label.needs <= facts["qualified"]:
                continue
            if facts["export"].get(label.category_id, -1) >= label.rank or (
                not label.handling.export_right
            ):
                export.add(label.id)
            if facts["print"].get(label.category_id, -1) >= label.rank or (
                not label.handling.print_right
            ):
                printing.add(label.id)
            if label.compartment:
                if label.id in facts["lists"]:
                    full.append(label.id)
                continue
            own.append(label.id)
            if facts["full"].get(label.category_id, -1) >= label.rank:
                full.append(label.id)
            elif facts["card"].get(label.category_id, -1) >= label.rank:
                card.append(label.id)
            shared[label.share_scope].append(label.id)
        needs = protection.rights_needs
        closed = {
            code
            for code, (category, mode) in protection.rights.items()
            if mode in modes
            and (
                facts["suspended"]
                or category not in facts["full"]
                or not needs <= facts["qualified"]
            )
        }
        return Access(
            user_id=user_id,
            full=tuple(full),
            card=tuple(card),
            own=tuple(own),
            shared={scope: tuple(ids) for scope, ids in shared.items()},
            mates=facts["mates"],
            closed=frozenset(closed),
            export=frozenset(export),
            printing=frozenset(printing),
        )

    @api.model
    def _facts_of(self, users):
        """``{user id: facts}``: grants, lists, qualifications and colleagues today; one query
        for each day that it is among them."""
        for name in (
            "confidentiality.grant",
            "confidentiality.member",
            "confidentiality.suspension",
            "regulation.qualification",
        ):
            self.env[name].flush_model()
        self.env["crm.team.member"].flush_model(["user_id", "crm_team_id", "active"])
        rows = []
        for day, people in self._by_day(users).items():
            rows += self._read_facts(FACTS.call(of_people=people, of_day=day))
        found = {
            user_id: {
                "full": {},
                "card": {},
                "export": {},
                "print": {},
                "lists": set(),
                "qualified": set(),
                "suspended": False,
                "mates": {"team": set(), "department": set()},
            }
            for user_id in users._ids
        }
        for user_id, kind, key, value in rows:
            facts = found[user_id]
            if kind in ("full", "card", "export", "print"):
                facts[kind][key] = max(value, facts[kind].get(key, -1))
            elif kind == "list":
                facts["lists"].add(key)
            elif kind == "suspended":
                facts["suspended"] = True
            elif kind == "grace":
                facts["qualified"] |= {"nda", "exam"}
            elif kind in ("nda", "exam"):
                facts["qualified"].add(kind)
            else:
                facts["mates"][kind].add(key)
        for facts in found.values():
            facts["mates"] = {kind: tuple(sorted(ids)) for kind, ids in facts["mates"].items()}
        self._know_by_role(found)
        return found

    @api.model
    def _know_by_role(self, found):
        """Whom the regulation of his main company tells the cost by his role: as by a grant."""
        cost, _mode = self.env["confidentiality.model"]._protection().rights.get("cost", (0, ""))
        companies = {}
        for user_id in found:
            companies.setdefault(self._company_id_of(user_id), []).append(user_id)
        profiles = self.env["regulation.profile"].sudo()
        for company in self.env["res.company"].sudo().browse(companies):
            if company.id not in profiles._regulated_companies():
                continue
            everybody = (company, profiles.env["res.users"], profiles.env["crm.team"])
            policy = profiles._resolve({company: everybody})[company]
            roles = profiles.env["regulation.role"].browse(policy.get("cost_role_ids") or ())
            for user_id in {*roles._holders(company)._ids}.intersection(companies[company.id]):
                found[user_id]["full"][cost] = sys.maxsize

    @api.model
    def _read_facts(self, query):
        if self.env.cr.readonly and self.env.registry._db_readonly is not None:
            # A replica may lag behind: a right that was taken away would live on
            with self.env.registry.cursor() as cr:
                cr.execute(query)
                return cr.fetchall()
        return self.env.execute_query(query)

    @api.model
    def _by_day(self, users):
        """``{day: [user id, ...]}``: a right ends with the day of its person's company."""
        Company = self.env["res.company"].sudo()
        if len(users) == 1:
            companies = {users.id: self._company_id_of(users.id)}
        else:
            companies = {user.id: user.company_id.id for user in users.sudo()}
        days = {}
        for user_id, company_id in companies.items():
            company = Company.browse(company_id or self.env.company.id)
            days.setdefault(company._regulation_today(), []).append(user_id)
        return days

    @api.model
    @tools.ormcache("user_id")
    def _company_id_of(self, user_id):
        """The main company of a person; Odoo forgets what it keeps when that changes."""
        return self.env["res.users"].sudo().browse(user_id).company_id.id

    @api.model
    def _facts_queries(self):
        """The queries of ``FACTS``."""
        given = SQL(
            """
              FROM confidentiality_grant given
              JOIN confidentiality_level level ON level.id = given.level_id
             WHERE given.user_id = ANY(of_people) AND given.revoked_at IS NULL
               AND given.date_from <= of_day
               AND (given.date_to IS NULL OR given.date_to >= of_day)
            """
        )
        return (
            SQL(
                """
                SELECT given.user_id, given.extent::text, given.category_id, MAX(level.rank) %s
                 GROUP BY given.user_id, given.extent, given.category_id
                """,
                given,
            ),
            SQL(
                """
                SELECT given.user_id, 'export', given.category_id, MAX(level.rank) %s
                   AND given.may_export GROUP BY given.user_id, given.category_id
                """,
                given,
            ),
            SQL(
                """
                SELECT given.user_id, 'print', given.category_id, MAX(level.rank) %s
                   AND given.may_print GROUP BY given.user_id, given.category_id
                """,
                given,
            ),
            SQL(
                """
                SELECT user_id, 'list', label_id, 0 FROM confidentiality_member
                 WHERE user_id = ANY(of_people) AND date_from <= of_day
                   AND (date_to IS NULL OR date_to >= of_day)
                """
            ),
            SQL(
                """
                SELECT DISTINCT user_id, 'suspended', 0, 0 FROM confidentiality_suspension
                 WHERE user_id = ANY(of_people) AND lifted_at IS NULL
                """
            ),
            SQL(
                """
                SELECT DISTINCT person.id, held.kind::text, 0, 0
                  FROM regulation_qualification held
                  JOIN res_users person
                    ON person.id = held.user_id AND person.company_id = held.company_id
                 WHERE person.id = ANY(of_people) AND held.kind IN ('nda', 'exam', 'grace')
                   AND held.passed AND held.revoked_at IS NULL AND held.date <= of_day
                   AND (held.valid_until IS NULL OR held.valid_until >= of_day)
                """
            ),
            SQL(
                """
                SELECT mine.user_id, 'team', mate.user_id, 0
                  FROM crm_team_member mine
                  JOIN crm_team_member mate
                    ON mate.crm_team_id = mine.crm_team_id AND mate.active
                 WHERE mine.user_id = ANY(of_people) AND mine.active
                """
            ),
            SQL(
                """
                SELECT mine.user_id, 'department', mate.user_id, 0
                  FROM hr_employee mine
                  JOIN hr_version mine_now ON mine_now.id = mine.current_version_id
                  JOIN hr_version mate_now ON mate_now.department_id = mine_now.department_id
                  JOIN hr_employee mate ON mate.current_version_id = mate_now.id AND mate.active
                 WHERE mine.user_id = ANY(of_people) AND mine.active
                   AND mate.user_id IS NOT NULL
                """
            ),
        )
