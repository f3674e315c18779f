# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from odoo.addons.sales_regulation.tests import test_lists


@tagged("post_install", "-at_install")
class TestKpiLists(test_lists.TestLists):
    """The lists and cards of this addon's menus: as many queries for 80 rows as for one."""

    addon = "sales_kpi"
