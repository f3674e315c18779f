# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_report_type
from . import regulation_profile
from . import regulation_duty_instance
from . import work_report
from . import work_report_sales
from . import sales_contact
