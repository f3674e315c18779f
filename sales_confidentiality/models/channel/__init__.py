# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import account_journal
from . import base
from . import base_partner_merge
from . import mail_message
from . import mail_tracking_value
from . import mail_thread
from . import res_partner
from . import regulation_register
