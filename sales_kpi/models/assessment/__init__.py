# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import kpi_indicator
from . import kpi_manual_value
from . import kpi_rater_group
from . import kpi_rater_criterion
from . import kpi_rating_request
from . import kpi_rating_answer
from . import kpi_sheet_rating
from . import kpi_sheet_criterion
from . import kpi_provider_assessment
from . import kpi_appeal
from . import kpi_development_plan
from . import kpi_cycle
from . import kpi_cycle_raters
from . import kpi_sheet
from . import regulation_profile
from . import regulation_register
