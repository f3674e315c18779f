# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class KpiManualValue(models.Model):
    """A figure that the system cannot count: market share, success in negotiation (S0-47, S3-61).

    HR or a superior enters it with its source; nobody enters his own.
    """

    _name = "kpi.manual.value"
    _description = "Figure Entered by Hand"
    _inherit = ["mail.thread"]
    _order = "date desc, id desc"
    _check_company_auto = True

    _value_uniq = models.Constraint(
        "UNIQUE(company_id, indicator_id, user_id, date)",
        "This figure was entered for the person and day already.",
    )

    indicator_id = fields.Many2one(
        comodel_name="kpi.indicator",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('provider', '=', 'manual')]",
        tracking=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Person",
        required=True,
        ondelete="restrict",
        index=True,
        domain="[('share', '=', False), ('company_ids', 'in', company_id)]",
    )
    company_id = fields.Many2one(
        comodel_name="res.company",
        required=True,
        default=lambda self: self.env.company,
        index=True,
    )
    date = fields.Date(
        required=True,
        default=lambda self: self.env.company._regulation_today(),
        index=True,
        help="A day of the period for which it counts.",
        tracking=True,
    )
    value = fields.Float(
        digits=(16, 2), required=True, tracking=True, help="Percent or points, as the indicator says."
    )
    source = fields.Char(required=True, help="Where the figure is from.", tracking=True)

    # === COMPUTE METHODS === #

    @api.depends("indicator_id", "user_id", "date")
    def _compute_display_name(self):
        for entry in self:
            entry.display_name = f"{entry.indicator_id.name}, {entry.user_id.name}, {entry.date}"

    @api.model
    def _entered_providers(self):
        """By what indicators are counted whose figures people may enter."""
        return {"manual"}

    # === CONSTRAINT METHODS === #

    @api.constrains("indicator_id")
    def _check_manual(self):
        for entry in self:
            if entry.indicator_id.provider not in self._entered_providers():
                raise ValidationError(
                    self.env._(
                        "%s is counted by the system and not entered.", entry.indicator_id.name
                    )
                )

    @api.constrains("user_id", "company_id")
    def _check_user_company(self):
        for entry in self.sudo():
            if entry.company_id not in entry.user_id.company_ids:
                raise ValidationError(
                    self.env._(
                        "%(user)s does not work in %(company)s.",
                        user=entry.user_id.name,
                        company=entry.company_id.name,
                    )
                )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        entries = super().create(vals_list)
        entries._check_not_own()
        return entries

    def write(self, vals):
        self._check_not_own()
        result = super().write(vals)
        self._check_not_own()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_own(self):
        self._check_not_own()

    def _check_not_own(self):
        """Raise AccessError if somebody enters what he is scored by, or is neither HR nor the
        leader of the person's team."""
        if self.env.su:
            return
        if self.env.user in self.user_id:
            raise AccessError(self.env._("Nobody enters figures by which he is scored himself."))
        Cycle = self.env["kpi.cycle"]
        for company, entries in self.grouped("company_id").items():
            if Cycle._is_manager_of(company):
                continue
            # Who leads a team in one company leads nobody in another
            teams = Cycle.sudo()._teams_of(company)
            led = self.env["crm.team"].sudo().search([("user_id", "=", self.env.uid)])
            if any(teams.get(entry.user_id.id) not in led.ids for entry in entries):
                raise AccessError(
                    self.env._(
                        "Only human resources of %s and the leader of the team enter such figures.",
                        company.name,
                    )
                )
