# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.sales_regulation.tests import test_lists
from odoo.addons.sales_regulation.tools import engine


@tagged("post_install", "-at_install")
class TestConfidentialityLists(test_lists.TestLists):
    """The lists and cards of this addon's menus: as many queries for 80 rows as for one."""

    addon = "sales_confidentiality"
    few_lines = {"confidentiality.case.member": "whoever is not on a case does not see it"}
    lines = frozenset({"confidentiality.attendance", "confidentiality.nda.signature"})

    def rows(self, action, menus):
        """What has to be there: sessions of people with grants, an alert about somebody else."""
        if action.res_model == "confidentiality.alert":
            engine(self.env["confidentiality.alert"]).create(
                {
                    "user_id": self.people[0].id,
                    "company_id": self.company.id,
                    "level_id": self.env.ref("sales_confidentiality.level_secret").id,
                    "day": "2026-03-10",
                    "record_count": 51,
                    "volume_limit": 50,
                }
            )
        if action.res_model == "confidentiality.device.use":
            user = self.people[0]
            self.env["confidentiality.grant"].create(
                {
                    "user_id": user.id,
                    "category_id": self.env.ref("sales_confidentiality.category_customer").id,
                    "level_id": self.env.ref("sales_confidentiality.level_secret").id,
                    "date_from": "2020-01-01",
                }
            )
            self.env["res.device.log"].sudo().create(
                [
                    {
                        "session_identifier": f"lists {number}",
                        "platform": "linux",
                        "browser": f"browser {number}",
                        "device_type": "computer",
                        "user_id": user.id,
                        "first_activity": "2026-03-10 01:00:00",
                        "last_activity": "2026-03-10 01:00:00",
                    }
                    for number in range(80)
                ]
            )
            self.env.flush_all()
        return super().rows(action, menus)

    def distinct(self, table, row, number, inside=None):
        """Levels differ by their rank; many labels of one kind are need-to-know lists."""
        if table == "confidentiality_level":
            found = super().distinct(table, row, number, inside)
            return {**found, "rank": SQL("1000 + number.number")}
        if table == "confidentiality_nda":
            return {"state": SQL("'expired'")}
        if table == "confidentiality_attendance" and inside != "training_id":
            return {"training_id": SQL("NULL::int4"), "state": SQL("'attended'")}
        if table == "confidentiality_label":
            return {"is_compartment": SQL("TRUE")}
        if table == "confidentiality_checkout":
            # One list of a person is open at a time
            return {"state": SQL("'left'")}
        if table == "confidentiality_suspension":
            return {"lifted_at": SQL("NOW() AT TIME ZONE 'UTC'")}
        return super().distinct(table, row, number, inside)

    def made(self, model, user):
        """Cases are seen by who is on them, suspensions by anybody but the person."""
        made = super().made(model, user)
        if model._name == "confidentiality.case":
            self.insert(
                self.env["confidentiality.case.member"],
                {"case_id": made.id, "user_id": user.id, "role": "officer"},
            )
        elif model._name == "confidentiality.suspension":
            others = self.people.filtered(lambda one: one != user)
            self.env.cr.execute(
                SQL(
                    "UPDATE confidentiality_suspension SET user_id = %s WHERE id = %s",
                    others[0].id,
                    made.id,
                )
            )
        return made
