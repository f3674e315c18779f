# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_profile
from . import regulation_register
from . import regulation_rated
from . import rating_rating
from . import sales_ticket_kind
from . import sales_ticket
from . import sales_ticket_clock
from . import sales_ticket_route
from . import sales_ticket_satisfaction
from . import sales_ticket_step
from . import sales_satisfaction
from . import sales_satisfaction_report
from . import sales_satisfaction_request
from . import dispatch_notice
from . import sales_quality_card
from . import sales_customer_letter
from . import sales_customer_letter_line
from . import res_partner
from . import sale_order
