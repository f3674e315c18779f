# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import confidentiality_cached
from . import confidentiality_dated
from . import confidentiality_level
from . import confidentiality_category
from . import confidentiality_label
from . import confidentiality_member
from . import confidentiality_default
from . import confidentiality_change
