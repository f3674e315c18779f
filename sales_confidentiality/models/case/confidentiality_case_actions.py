# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from datetime import time

from odoo import SUPERUSER_ID, api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, html2plaintext

from odoo.addons.sales_regulation.tools import engine

from .regulation_measure import GRADES

_TEXTS = ("description", "records")


class ConfidentialityCase(models.Model):
    """Reporting, and the steps of a case from the first answer to its end (C56)."""

    _inherit = "confidentiality.case"

    # === REPORTING === #

    @api.model
    def action_report(self, values, anonymous=False):
        """Report a risk or a leak; every employee (S4-020, S4-039).

        :param dict values: kind, description, and what is known: happened_on (date),
            records (text), person_ids (ids of users who are reported)
        :param bool anonymous: neither who reports nor the time of day is kept
        :return: id of one's own report, False of an anonymous one
        :raise UserError: without a description
        """
        user = self.env.user
        if not user._is_internal() or user._is_public():
            raise AccessError(self.env._("A leak is reported by an employee."))
        report = self._report_values(values)
        company = self.env.company
        reporter = self.env["res.users"] if anonymous else user
        case = self.sudo()._receive(report, reporter, company, anonymous=bool(anonymous))
        return case.report_id.id

    @api.model
    def _report_values(self, values):
        """What a report says, and nothing else that a client may send."""
        _ = self.env._
        if not isinstance(values, dict):
            raise UserError(_("A report says what happened."))
        said = {name: (values.get(name) or "") for name in _TEXTS}
        if any(not isinstance(text, str) for text in said.values()):
            raise UserError(_("A report is in words."))
        if not said["description"].strip():
            raise UserError(_("Say what happened."))
        kinds = [kind for kind, _label in self.env["confidentiality.report"]._fields["kind"].selection]
        kind = values.get("kind") or "leak"
        if kind not in kinds:
            raise UserError(_("This kind of report is not known."))
        ids = values.get("person_ids") or []
        if not isinstance(ids, list | tuple) or any(type(one) is not int for one in ids):
            raise UserError(_("Reported persons are named by their ids."))
        people = self.env["res.users"].sudo().search([("id", "in", ids), ("share", "=", False)])
        try:
            day = fields.Date.to_date(values.get("happened_on") or False)
        except (TypeError, ValueError) as error:
            raise UserError(_("%s is no date.", values.get("happened_on"))) from error
        return {**said, "kind": kind, "happened_on": day, "reported_ids": people.ids}

    @api.model
    def _receive(self, values, reporter, company, anonymous=False):
        """Make the case of a report and tell who has to know. As the system user.

        :param reporter: res.users, empty if he is unknown or wants to stay so
        """
        Case = self.with_user(SUPERUSER_ID).with_company(company)
        today = company._regulation_today()
        values = dict(values)
        people = values.pop("reported_ids", [])
        report = Case.env["confidentiality.report"]
        if reporter:
            report = engine(report).create(
                {
                    "user_id": reporter.id,
                    "company_id": company.id,
                    "kind": values["kind"],
                    "reported_on": today,
                    "description": values["description"],
                }
            )
        case = engine(Case).create(
            {
                **values,
                "company_id": company.id,
                "reported_on": today,
                "is_anonymous": anonymous,
                "report_id": report.id,
                "reported_ids": [fields.Command.set(people)],
            }
        )
        case = case.with_env(Case.env)
        start = company._regulation_utc(today, time.min) if anonymous else None
        deadlines = self.env["regulation.deadline"].with_user(SUPERUSER_ID)._start(
            case, "leak_answer", start=start, user=lambda one: one.user_id
        )
        if anonymous:
            case._keep_day_only(deadlines)
        return case

    def _keep_day_only(self, deadlines):
        """Of an anonymous report the day is kept, and not when on that day."""
        self.ensure_one()
        day = self.company_id._regulation_utc(self.reported_on, time.min)
        self.env.flush_all()
        for records in (self, self.member_ids, self.activity_ids, deadlines):
            if records:
                self.env.cr.execute(
                    SQL(
                        "UPDATE %s SET create_date = %s, write_date = %s WHERE id IN %s",
                        SQL.identifier(records._table),
                        day,
                        day,
                        records._ids,
                    )
                )
                records.invalidate_recordset(["create_date", "write_date"])

    @api.model
    def _mail_text(self, body):
        return html2plaintext(body or "").strip()

    # === STEPS === #

    def action_investigate(self):
        """Answer the report: it is being looked into. Ends the clock of the first answer."""
        for case in self:
            case._check_editor()
            case._check_state("reported")
        engine(self.sudo()).write(
            {
                "state": "investigating",
                "answered_at": fields.Datetime.now(),
                "answered_by_id": self.env.uid,
            }
        )
        self.env["regulation.deadline"]._done(self, "leak_answer")
        self.sudo().activity_ids.filtered(
            lambda task: task.user_id == self.env.user and task.automated
        ).unlink()
        engine(self.sudo().report_id).write({"state": "investigating"})
        return True

    def action_decide(self):
        """Decide the case: what was found, who answers for it (S4-041).

        :raise UserError: without findings and a decision
        """
        for case in self:
            case._check_editor()
            case._check_state("investigating")
            case._check_said("findings", "decision")
        engine(self.sudo()).write(
            {
                "state": "decided",
                "decided_at": fields.Datetime.now(),
                "decided_by_id": self.env.uid,
            }
        )
        return True

    def action_reopen(self):
        """Look into a decided case again; sanctions that were proposed stay with HR."""
        for case in self:
            case._check_editor()
            case._check_state("decided")
        engine(self.sudo()).write({"state": "investigating"})
        return True

    def action_close(self):
        """Close the case: lessons are learned, the reporter is told the outcome.

        :raise UserError: without lessons, or without a word to the reporter
        """
        for case in self:
            case._check_editor()
            case._check_state("decided")
            case._check_said("lessons", *(("outcome",) if case.sudo().report_id else ()))
        engine(self.sudo()).write(
            {
                "state": "closed",
                "closed_at": fields.Datetime.now(),
                "closed_by_id": self.env.uid,
            }
        )
        for case in self.sudo().filtered("report_id"):
            engine(case.report_id).write({"state": "closed", "outcome": case.outcome})
        self.sudo().activity_ids.unlink()
        return True

    def _check_state(self, *states):
        self.ensure_one()
        if self.state not in states:
            labels = dict(self._fields["state"]._description_selection(self.env))
            raise UserError(
                self.env._(
                    "%(case)s is “%(state)s”: this step is not open.",
                    case=self.name,
                    state=labels[self.state],
                )
            )

    def _check_said(self, *names):
        self.ensure_one()
        missing = [
            self._fields[name]._description_string(self.env)
            for name in names
            if not (self[name] or "").strip()
        ]
        if missing:
            raise UserError(
                self.env._(
                    "%(case)s: write down first: %(what)s", case=self.name, what=", ".join(missing)
                )
            )

    # === MEASURES AT ONCE === #

    def action_suspend(self, user_ids=None):
        """Suspend the clearance of people at once: of who is reported, if nobody is named.

        Effective at their next request. For the officer and the investigators.
        """
        self.ensure_one()
        people = self._at_once(user_ids)
        self.env["confidentiality.suspension"]._suspend(people, self.company_id, self.sudo())
        return True

    def action_end_access(self, user_ids=None):
        """End all sessions and API keys of people at once, by default of who is reported."""
        self.ensure_one()
        people = self._at_once(user_ids)
        people._confidentiality_end_access()
        # Of the person and not of the case: the readers of the register are not on it
        self.env["regulation.register"]._record(
            "access_ended",
            people,
            subject_id=lambda user: user.id,
            company_id=self.sudo().company_id.id,
        )
        return True

    def _at_once(self, user_ids):
        self._check_editor()
        self._check_state("reported", "investigating", "decided")
        if user_ids is not None and (
            not isinstance(user_ids, list | tuple) or any(type(one) is not int for one in user_ids)
        ):
            raise UserError(self.env._("Persons are named by their ids."))
        people = self.env["res.users"].sudo()
        if user_ids is None:
            people = self.sudo().reported_ids
        else:
            people = people.search([("id", "in", list(user_ids)), ("share", "=", False)])
        people = people.filtered(lambda user: self.sudo().company_id in user.company_ids)
        if not people:
            raise UserError(self.env._("Name the person whose access is concerned."))
        if self.env.user in people:
            raise AccessError(self.env._("Nobody does this to himself: another officer does."))
        return people

    # === SANCTIONS === #

    def action_propose_sanction(self, user_id, grade, reason):
        """Propose a graded sanction of somebody who answers for the case; HR decides (S4-059).

        :param int user_id: one of those reported, the responsible person or manager
        :param str grade: warning, demerit, demotion or termination
        :param str reason: what the person is told; no findings of the case
        :raise UserError: before the decision, or if he is sanctioned for this case already
        """
        self.ensure_one()
        self._check_editor()
        self._check_state("decided", "closed")
        case = self.sudo()
        answering = case.reported_ids | case.responsible_id | case.responsible_manager_id
        person = answering.filtered(lambda user: user.id == user_id)
        if not person:
            raise UserError(
                self.env._("Name him first: reported, responsible, or responsible manager.")
            )
        if grade not in dict(GRADES):
            raise UserError(self.env._("This grade of sanction is not known."))
        if not isinstance(reason, str) or not reason.strip():
            raise UserError(self.env._("Say what the person is told."))
        measures = self.env["regulation.measure"]
        # Two who press at once: the second reads what the first has written
        self.env["regulation.commitment"]._lock([("case_sanction", case.id)])
        if measures.sudo().search_count(
            [
                ("res_model", "=", self._name),
                ("res_id", "=", case.id),
                ("user_id", "=", person.id),
                ("kind", "=", "penalty"),
                ("state", "!=", "refused"),
            ]
        ):
            raise UserError(
                self.env._("%s is sanctioned for this case already: once, not twice.", person.name)
            )
        measure = measures._propose(
            [
                {
                    "kind": "penalty",
                    "sanction_grade": grade,
                    "user_id": person.id,
                    "name": reason.strip(),
                    "company_id": case.company_id.id,
                    "currency_id": case.currency_id.id,
                    "date": case.happened_on or case.reported_on,
                    "clause_codes": "S4-059",
                    "res_model": self._name,
                    "res_id": case.id,
                    "proposed_by_id": self.env.uid,
                }
            ]
        )
        # HR decides on what it can read
        role = self.env["regulation.role"]._code("hr")
        case._add_members(
            [{"user_id": user.id, "role": "hr"} for user in role._holders(case.company_id)]
        )
        return measure.id

    @api.model
    def _next_grade(self, user):
        """The grade that follows the last one that took effect: one step up each time."""
        last = self.env["regulation.measure"].sudo().search(
            [
                ("user_id", "=", user.id),
                ("sanction_grade", "!=", False),
                ("state", "=", "effective"),
            ],
            order="effective_at desc, id desc",
            limit=1,
        )
        grades = [grade for grade, _label in GRADES]
        if not last:
            return grades[0]
        return grades[min(grades.index(last.sanction_grade) + 1, len(grades) - 1)]

    # === DIALOGS === #

    def action_open_sanction(self):
        """Open the dialog in which a sanction is proposed."""
        self.ensure_one()
        self._check_editor()
        case = self.sudo()
        person = (case.responsible_id or case.reported_ids)[:1]
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Propose a Sanction"),
            "res_model": "confidentiality.case.sanction",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_case_id": self.id,
                "default_user_id": person.id,
                "default_grade": self._next_grade(person) if person else GRADES[0][0],
            },
        }
