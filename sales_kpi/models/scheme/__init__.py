# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import kpi_scheme
from . import kpi_scheme_line
from . import kpi_scheme_band
from . import regulation_profile
