# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_profile
from . import regulation_register
from . import regulation_duty
from . import sales_contact
from . import sales_contact_count
from . import sales_contact_follow_up
from . import sales_contact_interest
from . import calendar_event
from . import visit_plan
from . import visit_plan_line
from . import visit_check_in
from . import visit_check_in_consent
from . import calendar_event_check_in
from . import res_partner
from . import crm_lead
