# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_arithmetic
from . import test_assessment
from . import test_bonus
from . import test_bonus_commission
from . import test_bonus_conduct
from . import test_criteria
from . import test_cycle
from . import test_cycle_parallel
from . import test_figures
from . import test_formula
from . import test_hostile
from . import test_improvement
from . import test_line
from . import test_leaks
from . import test_lists
from . import test_rights
from . import test_scheme
from . import test_second_count
from . import test_target
from . import test_target_plan
from . import test_tours
from . import test_trial
from . import test_unit
from . import test_quota_day
from . import test_ranking
from . import test_cockpit
