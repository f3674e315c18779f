# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .commitment import Commitment
from .engine import ENGINE, engine, is_engine
from .fields import RegulatedOne2many, SoftMany2one
from .given import given_number, given_record
from .guard import guard_frame, judging, reading, reading_frame
from .kept_query import KeptQuery
from .lines import fetch_lines
from .policy import Policy, ProfileVersion
from .refusal import Refusal
from .payment import PaymentPosition, Terms
from .running import running
from .shares import shares
from .shipment import Leaving, ShipmentFrame, running_frame
from .workdays import WorkDays
from .periods import first_monday, month_of, period_of, periods_between
