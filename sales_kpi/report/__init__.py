# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import kpi_cockpit
from . import kpi_dashboard
from . import kpi_sales_report
from . import sale_report
from . import account_invoice_report
