# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_profile
from . import kpi_ranking
from . import kpi_ranking_line
from . import kpi_cycle
from . import kpi_sheet
