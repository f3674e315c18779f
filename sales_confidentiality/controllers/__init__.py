# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import export
from . import combo
from . import portal
from . import link
from . import report
from . import nda_portal
