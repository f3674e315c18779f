# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import kpi_quota_day
from . import kpi_sheet
from . import kpi_sanction_rule
from . import kpi_cycle
