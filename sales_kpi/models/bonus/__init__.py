# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import kpi_bonus_scheme
from . import regulation_profile
from . import regulation_register
from . import kpi_cycle
from . import kpi_commission
from . import kpi_bonus_sheet
from . import kpi_bonus_sheet_compute
from . import kpi_bonus_line
from . import sale_order
