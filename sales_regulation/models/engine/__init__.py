# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_sealed
from . import regulation_about
from . import regulation_protected
from . import regulation_scored
from . import regulation_register
from . import regulation_covered
from . import regulation_gated
from . import regulation_release
from . import regulation_release_situation
from . import regulation_lock
from . import regulation_commitment
from . import regulation_fingerprint

# What follows adds its settings to the profile
from .. import policy
from . import regulation_approval_kind
from . import regulation_approval_rule
from . import regulation_approval
from . import regulation_approval_step
from . import regulation_approval_decision
from . import regulation_delegation
from . import regulation_approvable
from . import regulation_approvable_line
from . import regulation_checklist_item
from . import regulation_checklist_tick
from . import regulation_checked
from . import regulation_profile
from . import regulation_role_assignment
from . import regulation_extra_day
from . import res_company
from . import regulation_profile_time
from . import regulation_deadline_rule
from . import regulation_deadline
from . import regulation_handover_rule
from . import regulation_handover
from . import mail_activity
from . import regulation_duty
from . import regulation_duty_instance
from . import regulation_clause_time
from . import regulation_measure
from . import regulation_qualification
from . import regulation_register_seal
from . import regulation_evidence
from . import base_import
from . import res_config_settings
from . import regulation_work_queue
