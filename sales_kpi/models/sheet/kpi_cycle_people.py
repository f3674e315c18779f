# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass, field

from odoo import api, models
from odoo.tools import SQL


@dataclass
class Scored:
    """Somebody, or a unit, who is scored in a cycle."""

    #: 0 for a unit
    user_id: int
    scheme: object
    #: working days of the period on which he is covered, and of the whole period
    days: int
    of_days: int
    team_id: int = 0
    #: who may see the sheet beside himself
    viewer_ids: tuple = ()
    unit: str = "person"
    department_id: int = 0
    #: who leads the unit
    responsible_id: int = 0
    #: of a unit: ``{user id: Place}``
    people: dict = field(default_factory=dict)

    @property
    def key(self):
        """What there is one sheet of."""
        return {
            "person": (self.unit, self.user_id),
            "team": (self.unit, self.team_id),
            "department": (self.unit, self.department_id),
        }[self.unit]


class KpiCycle(models.Model):
    """Whom a cycle covers, with which scheme, and for how much of the period."""

    _inherit = "kpi.cycle"

    def _people(self):
        """Everybody whose regulation has a scheme for the role he holds. Few queries for all.

        The version of the regulation that held when the period began judges it; a sheet that
        was computed before keeps its scheme. Whom a scheme scores by his team or department is
        not scored himself, but his unit is.

        :return: ``({key: Scored}, ids of people whose unit is unknown)``
        """
        self.ensure_one()
        cycle = self.sudo()
        held = cycle._roles_held()
        members = cycle._team_members()
        schemes = cycle._schemes_of(held.keys() | members.keys())
        known = {sheet._key(): sheet.scheme_id for sheet in cycle.sheet_ids}
        spans = cycle.company_id._regulation_work_spans(cycle.date_from, cycle.date_to)
        people, by_unit = {}, {}
        for user, candidates in schemes.items():
            roles = held.get(user, {})
            fitting = [
                scheme
                for scheme in candidates
                if (scheme.role_id.id in roles if scheme.role_id else user in members)
            ]
            if own := known.get(("person", user)):
                fitting = [own]
            if not fitting:
                continue
            scheme = fitting[0]
            stretches = roles.get(scheme.role_id.id) or [(cycle.date_from, cycle.date_to)]
            if scheme.unit != "person":
                by_unit[user] = (scheme, stretches)
                continue
            days = sum(any(first <= day <= last for first, last in stretches) for day in spans)
            one = Scored(user, scheme, days, len(spans), members.get(user, 0))
            people[one.key] = one
        viewers = cycle._superiors_of({one.user_id: one for one in people.values()})
        directors = cycle._directors()
        for person in people.values():
            above = viewers.get(person.user_id, set()) | directors
            person.viewer_ids = tuple(sorted(above - {person.user_id}))
        if not by_unit:
            return people, set()
        units, unplaced = cycle._units(by_unit, known, spans)
        return people | units, unplaced

    def _roles_held(self):
        """``{user id: {role id: [(first, last day), ...]}}`` within the period."""
        company = self.company_id
        self.env["regulation.role.assignment"].flush_model()
        self.env["hr.employee"].flush_model(["user_id", "company_id", "current_version_id"])
        self.env["hr.version"].flush_model(["job_id"])
        rows = self.env.execute_query(
            SQL(
                """
                SELECT held.role_id, COALESCE(held.user_id, employee.user_id),
                       GREATEST(held.date_from, %(first)s),
                       LEAST(COALESCE(held.date_to, %(last)s), %(last)s)
                  FROM regulation_role_assignment held
                  LEFT JOIN hr_version version
                    ON held.job_id IS NOT NULL AND version.job_id = held.job_id
                  LEFT JOIN hr_employee employee
                    ON employee.current_version_id = version.id AND employee.active
                 WHERE held.company_id IN %(companies)s AND held.needs_consent IS NOT TRUE
                   AND held.date_from <= %(last)s
                   AND (held.date_to IS NULL OR held.date_to >= %(first)s)
                """,
                first=self.date_from,
                last=self.date_to,
                companies=company.parent_ids._ids,
            )
        )
        allowed = self._staff({user for _role, user, _first, _last in rows if user})
        held = {}
        for role, user, first, last in rows:
            if user in allowed:
                held.setdefault(user, {}).setdefault(role, []).append((first, last))
        return held

    def _staff(self, user_ids):
        """Those of these users who belong to the company; leavers too."""
        users = self.env["res.users"].with_context(active_test=False)
        return set(
            users.search(
                [
                    ("id", "in", list(user_ids)),
                    ("share", "=", False),
                    ("company_ids", "in", self.company_id.ids),
                ]
            ).ids
        )

    def _schemes_of(self, user_ids):
        """``{user id: schemes of his regulation for this period, in order}``."""
        Profile = self.env["regulation.profile"].sudo()
        company = self.company_id
        none = self.env["crm.team"]
        users = self.env["res.users"].browse(sorted(user_ids))
        policies = Profile._resolve(
            {user.id: (company, user, none) for user in users},
            day=max(self.date_from, self._regulated_since()),
        )
        profiles = {
            user: policy.profile_ids[0] for user, policy in policies.items() if policy.profile_ids
        }
        schemes = self.env["kpi.scheme"].search(
            [("profile_id", "in", list(set(profiles.values()))), ("frequency", "=", self.frequency)]
        )
        by_profile = schemes.grouped(lambda scheme: scheme.profile_id.id)
        return {
            user: by_profile[profile] for user, profile in profiles.items() if profile in by_profile
        }

    def _regulated_since(self):
        """A regulation that begins within the period judges the period from its beginning."""
        starts = self.env["regulation.profile.assignment"].search(
            [
                ("company_id", "in", self.company_id.parent_ids.ids),
                ("profile_id.state", "in", ("trial", "active")),
                ("profile_id.date_from", "<=", self.date_to),
            ]
        )
        return min(starts.profile_id.mapped("date_from"), default=self.date_from)

    @api.model
    def _frequencies_of(self, company):
        """For which periods somebody in the company is scored."""
        profiles = (
            self.env["regulation.profile.assignment"]
            .sudo()
            .search(
                [
                    ("company_id", "in", company.parent_ids.ids),
                    ("profile_id.state", "in", ("trial", "active")),
                ]
            )
            .profile_id
        )
        return sorted(set(profiles.scheme_ids.mapped("frequency")))

    def _superiors_of(self, people):
        """``{user id: users}``: everybody up the reporting line, and the leader of the team."""
        if not people:
            return {}
        self.env["hr.employee"].flush_model(["user_id", "parent_id", "active"])
        rows = self.env.execute_query(
            SQL(
                """
                WITH RECURSIVE line(user_id, boss_id, depth) AS (
                    SELECT employee.user_id, employee.parent_id, 1
                      FROM hr_employee employee
                     WHERE employee.user_id IN %(users)s AND employee.parent_id IS NOT NULL
                    UNION
                    SELECT line.user_id, boss.parent_id, line.depth + 1
                      FROM line JOIN hr_employee boss ON boss.id = line.boss_id
                     WHERE boss.parent_id IS NOT NULL AND line.depth < 20
                )
                SELECT DISTINCT line.user_id, boss.user_id
                  FROM line JOIN hr_employee boss ON boss.id = line.boss_id
                 WHERE boss.user_id IS NOT NULL
                """,
                users=tuple(people),
            )
        )
        viewers = {}
        for user, boss in rows:
            viewers.setdefault(user, set()).add(boss)
        leaders = {
            team.id: team.user_id.id
            for team in self.env["crm.team"].browse({one.team_id for one in people.values()} - {0})
        }
        for user, person in people.items():
            if leader := leaders.get(person.team_id):
                viewers.setdefault(user, set()).add(leader)
            viewers.get(user, set()).discard(user)
        return viewers
