# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import sales_plan_indicator
from . import sales_plan_section_kind
from . import regulation_plan_type
from . import regulation_profile
from . import regulation_approval_rule
from . import sales_plan
from . import sales_plan_reading
from . import sales_plan_release
from . import sales_plan_actual
from . import sales_plan_line
from . import sales_plan_section
from . import sales_plan_checkpoint
from . import sales_plan_checkpoint_line
from . import regulation_register
from . import crm_team
