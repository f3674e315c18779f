# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import kpi_periodic
from . import regulation_register
from . import kpi_bulk
from . import kpi_cycle
from . import kpi_cycle_line
from . import kpi_cycle_stood
from . import kpi_cycle_people
from . import kpi_cycle_units
from . import kpi_sheet
from . import kpi_sheet_part
from . import kpi_sheet_member
from . import kpi_sheet_line
