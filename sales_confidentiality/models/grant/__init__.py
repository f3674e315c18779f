# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import confidentiality_grant
from . import regulation_profile
from . import regulation_qualification
from . import res_users
