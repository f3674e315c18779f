# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from collections import defaultdict
from dataclasses import dataclass

from odoo import models
from odoo.tools import SQL

from .kpi_cycle_people import Scored, joined

#: roles that answer for all people of a company
_DIRECTORS = ("director", "general_manager")


@dataclass
class Place:
    """Somebody in a unit: when, on how many working days, and whether its score is his."""

    stretches: list
    days: int
    is_scored: bool = False


class KpiCycle(models.Model):
    """Teams and departments that are scored instead of their people (C41, S2-54).

    Departments are dated by the versions of an employee: who changes counts for each of both
    for his days. Teams are not dated: they count as they stood when the period had ended, for
    the days on which somebody was employed.
    """

    _inherit = "kpi.cycle"

    def _units(self, by_unit, known, spans):
        """The units of people whose scheme scores their unit.

        All people of a unit count for it, whatever their role. Of two units a person has the
        score of the one in which he was longer, of the later one if it was the same.

        :param by_unit: ``{user id: (scheme, [(first, last day) of his role, ...])}``
        :param known: ``{key: scheme}`` of sheets that there are
        :param spans: working days of the period
        :return: ``({key: Scored}, ids of those who are in no unit)``
        """
        schemes = {scheme for scheme, _stretches in by_unit.values()}
        places = {
            unit: getattr(self, f"_places_by_{unit}")()
            for unit in {scheme.unit for scheme in schemes}
        }
        candidates, mine, unplaced = defaultdict(set), {}, set()
        for user, (scheme, role) in by_unit.items():
            found = {}
            for key, stretches in self._placed(scheme, places[scheme.unit].get(user, ())).items():
                days = _days(spans, stretches, role)
                if days:
                    found[key] = (days, max(last for _first, last in stretches))
                    candidates[key].add(scheme)
            if found:
                mine[user] = max(found, key=lambda key, found=found: (found[key], key))
            else:
                unplaced.add(user)
        units = {}
        for key, fitting in candidates.items():
            scheme = known.get(key) or min(fitting, key=lambda one: (one.sequence, one.id))
            unit, number = key
            people = {}
            for user, where in places[unit].items():
                if stretches := self._placed(scheme, where).get(key):
                    days = _days(spans, stretches)
                    people[user] = Place(stretches, days, mine.get(user) == key)
            units[key] = Scored(
                0,
                scheme,
                len(spans),
                len(spans),
                team_id=number if unit == "team" else 0,
                department_id=number if unit == "department" else 0,
                unit=unit,
                people=people,
            )
        self._lead_units(units)
        return units, unplaced

    def _placed(self, scheme, where):
        """``{key of a unit: [(first, last day), ...]}`` of somebody by a scheme.

        A scheme that names departments scores these, each with all below it.
        """
        found = defaultdict(list)
        for line, first, last in where:
            if scheme.unit == "department" and scheme.department_ids:
                named = [one for one in line if one in scheme.department_ids._ids]
                line = named[:1]
            if line:
                found[scheme.unit, line[0]].append((first, last))
        return {key: joined(stretches) for key, stretches in found.items()}

    def _places_by_team(self):
        """``{user id: [((team id,), first, last day)]}``; who leads a team and is listed as one
        of its members counts too."""
        employed, whole = self._employed(), [(self.date_from, self.date_to)]
        return {
            user: [((team,), *stretch) for stretch in employed.get(user, whole)]
            for user, (team, _leads) in self._memberships().items()
        }

    def _places_by_department(self):
        """``{user id: [(department and those above it, first, last day), ...]}``, two queries.

        The first version of an employee holds for what was before it too.
        """
        rows = self.env.execute_query(
            SQL(
                """
                SELECT user_id, department_id, since, until FROM (%(stood)s) stood
                 WHERE company_id = %(company)s AND department_id IS NOT NULL AND since <= until
                 ORDER BY user_id, since
                """,
                stood=self._stood_sql(),
                company=self.company_id.id,
            )
        )
        departments = self.env["hr.department"].with_context(active_test=False).browse(
            {department for _user, department, _since, _until in rows}
        )
        lines = {
            department.id: tuple(
                int(one) for one in reversed(department.parent_path.strip("/").split("/"))
            )
            for department in departments
        }
        found = defaultdict(list)
        for user, department, since, until in rows:
            found[user].append((lines[department], since, until))
        return found

    def _lead_units(self, units):
        """Who leads each unit, and who sees its sheet: above him in the line, directors."""
        ones = units.values()
        # Each read at once for all units
        teams = self.env["crm.team"].browse({one.team_id for one in ones} - {0})
        departments = self.env["hr.department"].browse({one.department_id for one in ones} - {0})
        places = {("team", team.id): team for team in teams}
        places |= {("department", department.id): department for department in departments}
        heads = {}
        for key, one in units.items():
            above = set()
            department = places[key] if one.unit == "department" else departments.browse()
            head = department.manager_id.user_id if department else places[key].user_id
            while department.parent_id:
                department = department.parent_id
                above.add(department.manager_id.user_id.id)
            one.responsible_id = head.id if head.active else 0
            heads[key] = (head.id, above - {False})
        everybody = {head for head, _above in heads.values() if head}.union(
            *(above for _head, above in heads.values())
        )
        line = self._superiors_of({user: Scored(user, None, 0, 0) for user in everybody})
        directing = self._directors()
        for key, one in units.items():
            head, above = heads[key]
            viewers = directing | above
            for user in above | {head}:
                viewers |= line.get(user, set())
            one.viewer_ids = tuple(sorted(viewers - {one.responsible_id}))

    def _directors(self):
        """Ids of the people who answer for all of the company."""
        roles = self.env["regulation.role"].search([("code", "in", _DIRECTORS)])
        return set(roles._holders(self.company_id).ids)


def _days(spans, stretches, also=None):
    """Working days within these stretches, and within the others if there are any."""
    return sum(
        any(first <= day <= last for first, last in stretches)
        and (also is None or any(first <= day <= last for first, last in also))
        for day in spans
    )
