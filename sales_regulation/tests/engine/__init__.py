# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_commitment
from . import test_approval_steps
from . import test_approval_signer
from . import test_approval_content
from . import test_acknowledgement
from . import test_checklist
from . import test_approval_parallel
from . import test_working_days
from . import test_deadline
from . import test_duty
from . import test_register
from . import test_extending_engines
from . import test_extending_time
from . import test_time_views
from . import test_work_queue
from . import test_wake
