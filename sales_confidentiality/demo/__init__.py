# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import nda_demo
from . import exam_demo
from . import label_demo
from . import transmission_demo
from . import case_demo
from . import inspection_demo
from . import leave_demo
