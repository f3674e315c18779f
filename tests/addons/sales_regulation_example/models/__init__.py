# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import regulation_commitment
from . import regulation_profile
from . import regulation_register
from . import sample_request
from . import sample_request_line
