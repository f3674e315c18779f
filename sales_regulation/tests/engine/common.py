# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command

from ..common import RegulationCommon


class ApprovalCommon(RegulationCommon):
    """The worked example of the documentation: samples that the company gives away."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        if "sample.request" not in cls.env:
            cls.skipTest(cls, "the addon sales_regulation_example is not installed")
        cls.kind = cls.env["regulation.approval.kind"].search([("code", "=", "sample")])

    @classmethod
    def _rule(cls, approver_type, sequence=10, **values):
        """Values of an approval step of the profile."""
        if role := values.pop("role", None):
            values["role_id"] = cls.roles[role].id
        if user := values.pop("user", None):
            values["user_id"] = cls.users[user].id
        return Command.create(
            {
                "kind_id": cls.kind.id,
                "approver_type": approver_type,
                "sequence": sequence,
                **values,
            }
        )

    @classmethod
    def _regulate(cls, *rules, **settings):
        """A profile in force with these steps for samples."""
        settings.setdefault("acknowledgement", False)
        return cls._profile(approval_rule_ids=list(rules), **settings)

    @classmethod
    def _samples(cls, login="a", quantity=10, price=100.0, **values):
        """A request for samples of 1,000.00, unless told otherwise."""
        return (
            cls.env["sample.request"]
            .with_user(cls.users[login])
            .create(
                {
                    "name": "Samples for Xinghai",
                    "partner_id": cls.customers["xinghai"].id,
                    "company_id": cls.company.id,
                    "line_ids": [
                        Command.create({"product": "HX", "quantity": quantity, "price": price})
                    ],
                    **values,
                }
            )
        )

    def _submit(self, samples, login="a", reason="please"):
        """Submit as that person and return the approval as seen by the system."""
        self._as(samples, login).action_request_approval("sample", reason)
        return samples.sudo().approval_ids.sorted("id")[-len(samples) :]

    def _check_content(self):
        """What happens before a transaction is committed."""
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.env.invalidate_all()
