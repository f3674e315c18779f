# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import kpi_cycle_reopen
from . import kpi_cycle_publish
from . import kpi_conduct_void
from . import kpi_bonus_pay
from . import kpi_rating_give
from . import kpi_appeal_make
from . import kpi_appeal_answer
