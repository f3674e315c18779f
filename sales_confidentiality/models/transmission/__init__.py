# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import confidentiality_model
from . import base
from . import confidentiality_alert
from . import confidentiality_reason
from . import ir_actions_report
from . import mail_template
from . import ir_attachment
from . import ir_binary
from . import res_partner
from . import confidentiality_link
from . import confidentiality_disclosure
from . import confidentiality_device
from . import confidentiality_device_use
from . import mail_mail
from . import mail_thread
