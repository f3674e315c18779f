# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import kpi_indicator
from . import kpi_manual_value
from . import kpi_provider
from . import kpi_provider_sales
from . import kpi_provider_collection
from . import kpi_provider_customer
from . import kpi_provider_service
from . import kpi_provider_work
