# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import test_ticket
from . import test_ticket_guards
from . import test_satisfaction
from . import test_ticket_mail
from . import test_ticket_portal
from . import test_quality_card
from . import test_delivery_satisfaction
from . import test_service_hostile
