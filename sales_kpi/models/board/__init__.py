# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import kpi_indicator
from . import kpi_provider_board
from . import kpi_improvement_goal
from . import kpi_improvement
from . import kpi_improvement_actual
from . import regulation_profile
