# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from .arithmetic import (
    Bands,
    EventDeduction,
    PercentDeduction,
    half_up,
    plain,
    spread,
    to_number,
    with_unit,
)
from .facts import Facts, Figure, Period, Provider, Request
from .formula import Formula, FormulaError
