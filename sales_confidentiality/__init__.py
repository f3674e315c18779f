# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from . import controllers
from . import demo
from . import tools
from . import models
from . import wizard
from .hooks import uninstall_hook
