# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models

from odoo.addons.sales_regulation.tools import engine

from .confidentiality_nda import OPEN


class ConfidentialityNda(models.Model):
    """Asking, renewing and ending: what the nightly job does about agreements."""

    _inherit = "confidentiality.nda"

    @api.model
    def _cron_keep(self):
        """End what is over, ask for what is missing. Running it twice asks nobody twice."""
        templates = self.env["confidentiality.nda.template"].sudo()
        templates.search([("state", "=", "published"), ("effective_at", "=", False)])._take_effect()
        for company in self.env["res.company"].sudo().search([]):
            ndas = self.sudo().with_company(company)
            today = company._regulation_today()
            ndas._end_due(company, today)
            ndas._renew_due(company, today)
            ndas._ask_staff(company)

    @api.model
    def _end_due(self, company, today):
        """What has run out does not count any more."""
        signed = self.search([("company_id", "=", company.id), ("state", "=", "signed")])
        superseded = signed.filtered(lambda nda: nda.grace_until and nda.grace_until < today)
        superseded._end_qualifications()
        superseded._close("superseded")
        expired = (signed - superseded).filtered(
            lambda nda: nda.valid_until and nda.valid_until < today
        )
        expired._close("expired")

    @api.model
    def _renew_due(self, company, today):
        """Ask those whose agreement ends soon for the next one."""
        ending = self.search(
            [
                ("company_id", "=", company.id),
                ("state", "=", "signed"),
                ("valid_until", "!=", False),
            ]
        ).filtered(
            lambda nda: nda.valid_until - timedelta(days=nda.template_id.reminder_days) <= today
        )
        self._ask(ending)

    @api.model
    def _ask_again(self, template):
        """A wording takes effect: what others signed before counts for the days of grace."""
        concerned = self.search(
            [
                ("kind", "=", template.kind),
                ("template_id", "!=", template.id),
                ("state", "in", ("draft", "sent", "signed")),
                *([("company_id", "=", template.company_id.id)] if template.company_id else []),
            ]
        )
        for company, ndas in concerned.grouped("company_id").items():
            if template._current(template.kind, company) != template:
                continue
            waiting = ndas.filtered(lambda nda: nda.state in OPEN)
            waiting._close("superseded")
            self._run_out(company, ndas - waiting, template.grace_days)
            self._ask(waiting)
        companies = template.company_id or self.env["res.company"].sudo().search([])
        for company in companies:
            if template.kind == "employee":
                self.with_company(company)._ask_staff(company)

    @api.model
    def _run_out(self, company, signed, grace_days):
        """These are asked again; what they signed counts for the days of grace."""
        if grace_days:
            until = company._regulation_today() + timedelta(days=grace_days)
            engine(signed).write({"grace_until": until})
            signed._shorten_qualifications(until)
        self._ask(signed)
        if not grace_days:
            signed._end_qualifications()
            signed._close("superseded")

    @api.model
    def _ask_staff(self, company):
        """Everybody whose regulation demands an NDA of staff and who has none is asked."""
        template = self.env["confidentiality.nda.template"]._current("employee", company)
        if not template:
            return self.browse()
        users = self._obliged(company)
        users -= self.env["regulation.qualification"]._valid_users(users, "nda", company)
        # Whose agreement was revoked is asked by the officer, not by a job
        known = self.search(
            [
                ("company_id", "=", company.id),
                ("user_id", "in", users.ids),
                ("state", "in", ("draft", "sent", "signed", "revoked")),
            ]
        )
        return self._ask_new(template, company, [{"user_id": user.id} for user in users - known.user_id])

    @api.model
    def _obliged(self, company):
        """The employees of the company whose regulation demands an NDA of staff (C53)."""
        if company.id not in self.env["regulation.profile"]._regulated_companies():
            return self.env["res.users"]
        users = (
            self.env["hr.employee"]
            .sudo()
            .search([("company_id", "=", company.id), ("user_id.share", "=", False)])
            .user_id.filtered("active")
        )
        team = self.env["crm.team"]
        policies = self.env["regulation.profile"]._resolve(
            {user.id: (company, user, team) for user in users}
        )
        return users.filtered(lambda user: policies[user.id].get("nda_staff"))

    @api.model
    def _ask(self, ndas):
        """Ask the parties of these agreements for the wording in force, unless they are asked."""
        asked = self.browse()
        for (company, kind), group in ndas.grouped(lambda nda: (nda.company_id, nda.kind)).items():
            template = self.env["confidentiality.nda.template"]._current(kind, company)
            if not template:
                continue
            name = "user_id" if kind == "employee" else "partner_id"
            parties = group[name].filtered("active")
            waiting = self.search(
                [
                    ("company_id", "=", company.id),
                    ("kind", "=", kind),
                    (name, "in", parties.ids),
                    ("state", "in", OPEN),
                ]
            )
            responsible = {nda[name].id: nda.responsible_id.id for nda in group}
            asked |= self._ask_new(
                template,
                company,
                [
                    {name: party.id, "responsible_id": responsible[party.id]}
                    for party in parties - waiting[name]
                ],
            )
        return asked

    @api.model
    def _ask_new(self, template, company, vals_list):
        quiet = self.with_context(
            mail_create_nolog=True, mail_create_nosubscribe=True, tracking_disable=True
        )
        ndas = quiet.create(
            [{**vals, "template_id": template.id, "company_id": company.id} for vals in vals_list]
        )
        ndas = ndas.with_env(self.env)
        ndas._send()
        return ndas

    def _send(self):
        """These wait for their signature from now on."""
        if not self:
            return
        ndas = self.sudo()
        engine(ndas).write({"state": "sent", "sent_at": fields.Datetime.now()})
        self.env["regulation.register"]._record(
            "nda_sent", ndas, lambda nda: nda.kind, subject_id=lambda nda: nda.user_id.id
        )
        self.env["regulation.deadline"]._start(
            ndas, "nda_sign", user=lambda nda: nda.user_id or nda.responsible_id
        )
        ndas.filtered("user_id")._make_activities()
        for nda in ndas.filtered("partner_id"):
            nda._write_to_partner()

    def _make_activities(self):
        """A task for each employee."""
        due = {
            row.res_id: row.due_at
            for row in self.env["regulation.deadline"]
            .sudo()
            .search(
                [
                    ("res_model", "=", self._name),
                    ("res_id", "in", self.ids),
                    ("code", "=", "nda_sign"),
                ]
            )
        }
        todo = self.env.ref("mail.mail_activity_data_todo", raise_if_not_found=False)
        self.env["mail.activity"].sudo().with_context(mail_activity_quick_update=True).create(
            [
                {
                    "res_model_id": self.env["ir.model"]._get_id(self._name),
                    "res_id": nda.id,
                    "activity_type_id": todo.id if todo else False,
                    "user_id": nda.user_id.id,
                    "summary": nda.with_context(lang=nda.user_id.lang).env._(
                        "Read and sign your NDA"
                    ),
                    "date_deadline": nda.company_id._regulation_local(
                        due.get(nda.id) or fields.Datetime.now()
                    ).date(),
                    "automated": True,
                }
                for nda in self
            ]
        )

    def _write_to_partner(self):
        """The business partner gets the link to the page on which he reads and signs."""
        self.ensure_one()
        if not self.partner_id.email:
            return
        nda = self.with_context(lang=self.partner_id.lang or self.env.lang)
        url = nda.get_base_url() + nda.get_portal_url()
        nda.message_post(
            partner_ids=nda.partner_id.ids,
            subject=nda.template_id.name,
            body=Markup("<p>%s</p><p><a href='%s'>%s</a></p>")
            % (
                nda.env._("Please read and sign our confidentiality agreement."),
                url,
                nda.template_id.name,
            ),
            message_type="comment",
            subtype_xmlid="mail.mt_comment",
        )

    def _done_asking(self):
        """Nobody is asked for these any more."""
        self.activity_ids.sudo().unlink()
        self.env["regulation.deadline"]._done(self, "nda_sign")

    def _close(self, state, **values):
        """Agreements that end, with a row of the register each."""
        if not self:
            return
        ndas = self.sudo()
        engine(ndas).write({"state": state, **values})
        ndas.activity_ids.sudo().unlink()
        self.env["regulation.deadline"]._cancel(ndas, "nda_sign")
        self.env["regulation.register"]._record(
            f"nda_{state}", ndas, lambda nda: nda.kind, subject_id=lambda nda: nda.user_id.id
        )
