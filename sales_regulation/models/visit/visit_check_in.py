# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import UserError

from ...tools import engine, is_engine


class VisitCheckIn(models.Model):
    """Where somebody was when he began a visit, by his own click and with his consent.

    Seen by him and his manager only; the place and the photo are removed after the days that
    the regulation says. A statement of the browser, no proof.
    """

    _name = "visit.check.in"
    _description = "Check-in on a Visit"
    _inherit = ["regulation.sealed"]
    _order = "at desc, id desc"
    _rec_name = "at"

    _sealed_fields = frozenset(
        {
            "event_id",
            "user_id",
            "manager_id",
            "company_id",
            "at",
            "latitude",
            "longitude",
            "accuracy",
            "keep_until",
            "removed",
        }
    )

    event_id = fields.Many2one(
        comodel_name="calendar.event",
        string="Visit",
        required=True,
        readonly=True,
        ondelete="cascade",
        index=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Person", required=True, readonly=True, index=True
    )
    manager_id = fields.Many2one(
        comodel_name="res.users", string="Manager", readonly=True, index=True
    )
    company_id = fields.Many2one(comodel_name="res.company", required=True, readonly=True)
    at = fields.Datetime(string="Time", required=True, readonly=True)
    latitude = fields.Float(digits=(10, 7), readonly=True, aggregator=None)
    longitude = fields.Float(digits=(10, 7), readonly=True, aggregator=None)
    accuracy = fields.Float(string="Accuracy (m)", readonly=True, aggregator=None)
    photo = fields.Image(max_width=1280, max_height=1280)
    keep_until = fields.Date(required=True, readonly=True)
    removed = fields.Boolean(
        string="Place Removed", readonly=True, help="The days for which it is kept are over."
    )

    _event_uniq = models.UniqueIndex("(event_id)", "You have checked in already.")
    _keep_idx = models.Index("(keep_until) WHERE NOT removed")

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        if not is_engine(self.env):
            raise UserError(self.env._("Check in with the button of the visit."))
        return super().create(vals_list)

    def write(self, vals):
        if not is_engine(self.env):
            self._check_visit_open()
        return super().write(vals)

    def _check_sealed_file(self, name):
        """The photo is an attachment, which a client may write and delete as such."""
        super()._check_sealed_file(name)
        self._check_visit_open()

    def _check_visit_open(self):
        for row in self.sudo():
            if row.removed or row.event_id.visit_state != "planned":
                raise UserError(self.env._("The visit is recorded: its photo stays as it is."))

    # === BUSINESS METHODS === #

    @api.model
    def _cron_remove(self, batch=500):
        """Remove places and photos whose days are over."""
        Cron = self.env["ir.cron"]
        domain = [("removed", "=", False), ("keep_until", "<", fields.Date.today())]
        rows = self.sudo()
        Cron._commit_progress(remaining=rows.search_count(domain))
        while found := rows.search(domain, limit=batch, order="id"):
            engine(found).write(
                {
                    "latitude": 0.0,
                    "longitude": 0.0,
                    "accuracy": 0.0,
                    "photo": False,
                    "removed": True,
                }
            )
            if not Cron._commit_progress(len(found)):
                return
