# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import Command

from ..common import RegulationCommon

#: who may go how far from the reference price (storyline 17)
AUTHORITIES = {
    "ka_manager": (5, 10),
    "sales_manager": (5, 10),
    "deputy_general_manager": (10, 20),
    "general_manager": (30, 50),
}


class OrderCommon(RegulationCommon):
    """A company whose profile enforces price authorities."""

    @classmethod
    def _price_profile(cls, gates=None, **settings):
        return cls._profile(
            gates=gates or {"price_authority": "enforce"},
            price_authority_ids=[
                Command.create(
                    {
                        "role_id": cls.roles[code].id,
                        "max_discount": discount,
                        "max_surcharge": surcharge,
                    }
                )
                for code, (discount, surcharge) in AUTHORITIES.items()
                if code != "sales_manager"
            ],
            **settings,
        )
