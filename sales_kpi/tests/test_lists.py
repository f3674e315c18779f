# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.sales_regulation.tests import test_lists


@tagged("post_install", "-at_install")
class TestKpiLists(test_lists.TestLists):
    """The lists and cards of this addon's menus: as many queries for 80 rows as for one."""

    addon = "sales_kpi"
    lines = frozenset({"kpi.bonus.line", "kpi.scheme.line", "kpi.sheet", "kpi.sheet.line"})

    def distinct(self, table, row, number, inside=None):
        """A cycle differs by its date, a sheet by its cycle, a position by its ranking: what
        they show has to make sense."""
        if table == "kpi_cycle":
            return {"date_from": SQL("row.date_from + number.number")}
        if table == "kpi_sheet" and inside == "cycle_id":
            return {"user_id": self.another(table, "user_id", row.sudo().user_id, number)}
        if table == "kpi_sheet":
            cycle = row.sudo().cycle_id
            ids = self.copies(cycle, cycle, number, lines=False).ids
            return {"cycle_id": SQL("(%s::int[])[number.number]", ids)}
        if table == "kpi_ranking_line" and inside != "ranking_id":
            ranking = row.sudo().ranking_id
            ids = self.copies(ranking, ranking, number, lines=False).ids
            return {"ranking_id": SQL("(%s::int[])[number.number]", ids)}
        return super().distinct(table, row, number, inside)
