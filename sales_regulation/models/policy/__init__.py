# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import res_company
from . import resource_calendar
from . import res_users
from . import crm_team_member
from . import regulation_role
from . import regulation_role_assignment
from . import regulation_gate
from . import regulation_gate_point
from . import regulation_profile
from . import regulation_profile_part
from . import regulation_profile_assignment
from . import regulation_profile_gate
from . import regulation_clause
from . import regulation_profile_figure
from . import regulation_profile_overview
from . import regulation_profile_translation
from . import ir_model_access
from . import ir_module_module
from . import ir_rule
