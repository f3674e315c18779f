# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import kpi_conduct_kind
from . import kpi_conduct_event
from . import kpi_sanction_rule
from . import kpi_honour_rule
from . import regulation_profile
from . import regulation_measure
from . import kpi_cycle
from . import sales_ticket
