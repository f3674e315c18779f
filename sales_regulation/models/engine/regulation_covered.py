# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models

from ...tools import Policy, guard_frame


class RegulationCovered(models.AbstractModel):
    """A document to which somebody's regulation applies.

    What the gate, the approval and the checklist share: whose regulation is asked. Inherit
    the engines, not this.
    """

    _name = "regulation.covered"
    _inherit = ["regulation.shown"]
    _description = "Document under Regulation"

    #: whose regulation is asked, beside the company's
    _regulation_owner_fields = ("user_id", "create_uid")
    _regulation_team_field = "team_id"

    def _regulation_company(self):
        """The company whose regulation holds for this record."""
        self.ensure_one()
        return self.company_id or self.env.company

    def _regulation_owners(self):
        """The people whose regulation holds for this record.

        The creator counts beside the salesperson: handing a document to a colleague
        under a looser regulation does not loosen it.
        """
        self.ensure_one()
        users = self.env["res.users"]
        for name in self._regulation_owner_fields:
            if name in self._fields:
                users |= self[name]
        return self._regulation_staff(users)

    @api.model
    def _regulation_staff(self, users):
        """Those of ``users`` who can be under a regulation; known without reading them."""
        return users.filtered(lambda user: user.id != api.SUPERUSER_ID and user._is_internal())

    def _regulation_teams(self):
        """A team named on the document counts beside those of its owner."""
        self.ensure_one()
        name = self._regulation_team_field
        return self[name] if name in self._fields else self.env["crm.team"]

    def _regulation_policies(self):
        """What is in force for each record now: ``{id: Policy}``."""
        Profile = self.env["regulation.profile"]
        if not self or not Profile._regulated_companies():
            return {record.id: Policy() for record in self}
        if frame := guard_frame(self.env):
            return frame.once(
                ("policies", self._name),
                self._ids,
                lambda ids: self.browse(ids)._regulation_read_policies(),
            )
        return self._regulation_read_policies()

    def _regulation_read_policies(self):
        Profile = self.env["regulation.profile"]
        return Profile.sudo()._resolve(
            {
                record.id: (
                    record._regulation_company(),
                    record._regulation_owners(),
                    record._regulation_teams(),
                )
                for record in self.sudo()
            }
        )
