# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models, tools
from odoo.exceptions import AccessError
from odoo.tools import SQL

from odoo.addons.sales_regulation.tools import is_engine

from ...tools import LabelMany2one
from .confidentiality_model import LABEL_FIELD, OWNER_FIELD

_STORED = frozenset({LABEL_FIELD, OWNER_FIELD})


class ConfidentialitySatellite(models.AbstractModel):
    """Rows that repeat the facts of a protected record and store its label and its owner (C50).

    For models with very many rows: the rule is a short literal list on the row's own index,
    no row asks for its record. Only labelled rows have an owner here, so that a database
    without labels has nothing to store.
    """

    _name = "confidentiality.satellite"
    _description = "Row of a Protected Record"

    #: many2one to the record, and its field with the owner
    _satellite_of = None
    _satellite_owner = "user_id"

    confidentiality_label_id = LabelMany2one(
        comodel_name="confidentiality.label",
        string="Confidentiality",
        compute="_compute_confidentiality",
        store=True,
        index="btree_not_null",
        copy=False,
    )
    confidentiality_owner_id = fields.Many2one(
        comodel_name="res.users",
        string="Owner of the Confidential Record",
        compute="_compute_confidentiality",
        store=True,
        copy=False,
    )

    def _auto_init(self):
        """Only rows of labelled records have anything to store: a filled table is not computed."""
        missing = not self._abstract and [
            name
            for name in sorted(_STORED)
            if not tools.sql.column_exists(self.env.cr, self._table, name)
        ]
        for name in missing or ():
            tools.sql.create_column(self.env.cr, self._table, name, "int4")
        super()._auto_init()
        if missing:
            self._label_rows()

    def _label_rows(self):
        """Store what is labelled already, in one statement."""
        parent = self.env[self._fields[self._satellite_of].comodel_name]
        if not tools.sql.column_exists(self.env.cr, parent._table, LABEL_FIELD):
            return
        self.env.cr.execute(
            SQL(
                """
                UPDATE %(table)s AS line
                   SET confidentiality_label_id = record.confidentiality_label_id,
                       confidentiality_owner_id = record.%(owner)s
                  FROM %(parent)s AS record
                 WHERE record.id = line.%(path)s AND record.confidentiality_label_id IS NOT NULL
                """,
                table=SQL.identifier(self._table),
                parent=SQL.identifier(parent._table),
                owner=SQL.identifier(self._satellite_owner),
                path=SQL.identifier(self._satellite_of),
            )
        )

    # === COMPUTE METHODS === #

    @api.depends(
        lambda self: (
            f"{self._satellite_of}.{LABEL_FIELD}",
            f"{self._satellite_of}.{self._satellite_owner}",
        )
        if self._satellite_of
        else ()
    )
    def _compute_confidentiality(self):
        for row in self:
            record = row[self._satellite_of]
            label = record.confidentiality_label_id
            row.confidentiality_label_id = label
            row.confidentiality_owner_id = record[self._satellite_owner] if label else False

    # === CRUD METHODS === #

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        for name in _STORED:
            values.pop(name, None)
        return values

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_satellite(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_satellite(vals)
        return super().write(vals)

    @api.model
    def _check_satellite(self, vals):
        if _STORED.intersection(vals) and not is_engine(self.env):
            raise AccessError(
                self.env._(
                    "The confidentiality label of %(model)s is that of its document: change it"
                    " there.",
                    model=self.env["ir.model"].sudo()._get(self._name).name,
                )
            )
