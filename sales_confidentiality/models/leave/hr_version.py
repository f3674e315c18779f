# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models

#: fields that say when somebody leaves
_ENDS = ("departure_date", "contract_date_end")


class HrVersion(models.Model):
    """A date of departure or end of contract that has come is a departure (C57).

    One that is still to come opens the check-out with its last day: who gives notice works on.
    """

    _inherit = "hr.version"

    @api.model_create_multi
    def create(self, vals_list):
        versions = super().create(vals_list)
        if self.env["regulation.profile"]._regulated_companies():
            versions.sudo()._judge_new()
        return versions

    def _judge_new(self):
        """A new version that ends somebody's time ends it as a change of the running one does."""
        changes = {}
        for version in self:
            others = version.employee_id.version_ids - version
            # The first version of an employee is how he came
            if others:
                current = version == version.employee_id.current_version_id
                changes[version] = {
                    name: version[name]
                    for name in _ENDS
                    if version[name]
                    and version[name] not in others.mapped(name)
                    and (current or name == "departure_date")
                }
        self._judge_ends(changes)

    def write(self, vals):
        ends = {name: fields.Date.to_date(vals[name]) for name in _ENDS if vals.get(name)}
        if ends and self.env["regulation.profile"]._regulated_companies():
            changes = {}
            for version in self.sudo():
                current = version == version.employee_id.current_version_id
                changes[version] = {
                    name: day
                    for name, day in ends.items()
                    # The end of an earlier contract is history
                    if version[name] != day and (current or name == "departure_date")
                }
            self._judge_ends(changes)
        return super().write(vals)

    def _judge_ends(self, ends):
        """Let them leave whose date has come, and open the lists of the others.

        :param dict ends: ``{version: {field: day}}`` of what changes
        """
        leaving = self.env["hr.employee"].sudo()
        day_of = {}
        for version, days in ends.items():
            employee = version.employee_id
            if not employee.active:
                continue
            today = employee.company_id._regulation_today()
            if any(day <= today for day in days.values()):
                leaving |= employee
            elif "departure_date" in days:
                day_of[employee.id] = days["departure_date"]
        leaving._guard_leaving()
        later = leaving.browse(day_of) - leaving
        if later:
            self.env["confidentiality.checkout"]._open_for(later, day_of)
