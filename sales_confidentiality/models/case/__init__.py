# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import confidentiality_report
from . import confidentiality_suspension
from . import confidentiality_case_member
from . import confidentiality_case
from . import confidentiality_case_item
from . import confidentiality_case_actions
from . import confidentiality_case_row
from . import confidentiality_case_log
from . import ir_attachment
from . import mail_activity
from . import regulation_measure
from . import res_users
