# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from dataclasses import dataclass, field
from datetime import timedelta

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


def joined(stretches):
    """Stretches that follow each other are one."""
    found = []
    for first, last in sorted(stretches):
        if found and first <= found[-1][1] + timedelta(days=1):
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found


def _overlap(stretches, others):
    """The days that are in both."""
    pairs = [
        (max(first, since), min(last, until))
        for first, last in stretches
        for since, until in others
    ]
    return [(first, last) for first, last in pairs if first <= last]


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
        employed = cycle._employed()
        held = cycle._roles_held(employed)
        members = cycle._team_members()
        schemes = cycle._schemes_of(held.keys() | members.keys())
        known = {sheet._key(): sheet.scheme_id for sheet in cycle.sheet_ids}
        spans = cycle.company_id._regulation_work_spans(cycle.date_from, cycle.date_to)
        whole = [(cycle.date_from, cycle.date_to)]
        users = self.env["res.users"].browse(held.keys() | members.keys())
        people, by_unit = {}, {}
        for user in sorted(users.ids):
            candidates = schemes.get(user, ())
            roles = held.get(user, {})
            fitting = [
                scheme
                for scheme in candidates
                if (scheme.role_id.id in roles if scheme.role_id else user in members)
            ]
            own = known.get(("person", user))
            # The regulation of a team or a job does not know any more who has left it with the company
            if own and (candidates or not users.browse(user).with_prefetch(users._ids).active):
                fitting = [own]
            if not fitting:
                continue
            scheme = fitting[0]
            stretches = roles.get(scheme.role_id.id) or employed.get(user, whole)
            if not stretches:
                continue
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

    def _roles_held(self, employed=None):
        """``{user id: {role id: [(first, last day), ...]}}`` within the period.

        Whom a job gives a role holds it while he has the job; nobody holds one before he came
        or after he has left.
        """
        employed = self._employed() if employed is None else employed
        self.env["regulation.role.assignment"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
                SELECT held.role_id, COALESCE(held.user_id, stood.user_id),
                       GREATEST(held.date_from, stood.since, %(first)s),
                       LEAST(held.date_to, stood.until, %(last)s)
                  FROM regulation_role_assignment held
                  LEFT JOIN (%(stood)s) stood
                    ON held.user_id IS NULL AND stood.job_id = held.job_id
                   AND (stood.is_there OR stood.is_dated)
                 WHERE held.company_id IN %(companies)s AND held.needs_consent IS NOT TRUE
                   AND held.date_from <= %(last)s
                   AND (held.date_to IS NULL OR held.date_to >= %(first)s)
                """,
                stood=self._stood_sql(),
                first=self.date_from,
                last=self.date_to,
                companies=self.company_id.parent_ids._ids,
            )
        )
        allowed = self._staff({user for _role, user, _first, _last in rows if user})
        whole = [(self.date_from, self.date_to)]
        held = {}
        for role, user, first, last in rows:
            if user not in allowed:
                continue
            if found := _overlap([(first, last)], employed.get(user, whole)):
                held.setdefault(user, {}).setdefault(role, []).extend(found)
        return held

    def _employed(self):
        """``{user id: [(first, last day), ...]}`` within the period of everybody with an employee
        in the company, one query.

        Who has left without a date of human resources is there until his account was archived.
        """
        self.env["res.users"].flush_model(["active"])
        self.env["crm.team.member"].flush_model(["user_id", "active"])
        company = self.company_id
        rows = self.env.execute_query(
            SQL(
                """
                SELECT user_id, since, until, is_dated, NULL
                  FROM (%(stood)s) stood WHERE company_id = %(company)s
                 UNION ALL
                SELECT member.user_id, %(first)s, %(last)s, FALSE, MAX(member.write_date)
                  FROM crm_team_member member
                  JOIN res_users account ON account.id = member.user_id AND NOT account.active
                 WHERE NOT member.active
                 GROUP BY member.user_id
                """,
                stood=self._stood_sql(),
                company=company.id,
                first=self.date_from,
                last=self.date_to,
            )
        )
        stretches, dated, archived = {}, set(), {}
        for user, since, until, is_dated, archived_at in rows:
            found = stretches.setdefault(user, [])
            if archived_at:
                archived[user] = company._regulation_local(archived_at).date()
            elif since <= until:
                found.append((since, until))
            if is_dated:
                dated.add(user)
        for user, day in archived.items():
            # A team that he had left long before says nothing
            if user not in dated and day >= self.date_from:
                whole = stretches[user] or [(self.date_from, self.date_to)]
                stretches[user] = _overlap(whole, [(self.date_from, day)])
        return {user: joined(found) for user, found in stretches.items()}

    def _stood_sql(self):
        """Where everybody stood in the period: ``user_id, company_id, job_id, department_id,
        since, until, is_there`` (not archived), ``is_dated`` (human resources know until when).

        The first version of an employee holds for what was before it too; contracts and the
        date of departure limit it.
        """
        self.env["hr.employee"].flush_model(
            ["user_id", "company_id", "current_version_id", "active"]
        )
        self.env["hr.version"].flush_model(
            ["employee_id", "department_id", "job_id", "date_version", "active"]
            + ["contract_date_start", "contract_date_end", "departure_date"]
        )
        return SQL(
            """
            SELECT employee.user_id, employee.company_id, version.job_id, version.department_id,
                   GREATEST(CASE WHEN ROW_NUMBER() OVER employment > 1
                                 THEN version.date_version END,
                            version.contract_date_start, %(first)s) AS since,
                   LEAST(LEAD(version.date_version) OVER employment - 1,
                         version.contract_date_end, latest.departure_date, %(last)s) AS until,
                   employee.active AS is_there,
                   COALESCE(version.contract_date_end, latest.departure_date) IS NOT NULL
                       AS is_dated
              FROM hr_version version
              JOIN hr_employee employee ON employee.id = version.employee_id
              LEFT JOIN hr_version latest ON latest.id = employee.current_version_id
             WHERE version.active AND employee.user_id IS NOT NULL
            WINDOW employment AS (PARTITION BY employee.id ORDER BY version.date_version)
            """,
            first=self.date_from,
            last=self.date_to,
        )

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
