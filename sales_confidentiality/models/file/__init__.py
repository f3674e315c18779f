# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import confidentiality_inspection
from . import confidentiality_inspection_finding
from . import confidentiality_file
from . import hr_employee
from . import confidentiality_file_parts
