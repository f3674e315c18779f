# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import credit
from . import indicator
from . import scheme
from . import quota
from . import target
from . import sheet
from . import assessment
from . import bonus
from . import conduct
from . import quota_day
from . import board
from . import trial
from . import ranking
