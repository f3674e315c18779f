# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_sealed
from . import regulation_protected
from . import regulation_scored
from . import regulation_register
from . import regulation_gated
from . import regulation_release
from . import regulation_lock
from . import regulation_commitment
