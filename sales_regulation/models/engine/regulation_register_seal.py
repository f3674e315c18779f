# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import hashlib
import json
from datetime import datetime, time, timedelta

from dateutil.relativedelta import relativedelta

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

from ...tools import engine

#: a day is sealed when no transaction that began on it can be running any more
_SETTLED = timedelta(hours=1)
_BATCH = 5000


class RegulationRegisterSeal(models.Model):
    """One seal per company and day over the rows of the register, chained to the one before.

    Nothing that Odoo offers changes the register. Somebody with the database can; the chain,
    handed to the auditor outside of it, shows that he did.
    """

    _name = "regulation.register.seal"
    _description = "Seal of the Register"
    _inherit = ["regulation.sealed"]
    _order = "day desc, company_id, id desc"
    _rec_name = "day"
    _log_access = False

    _append_only = True

    company_id = fields.Many2one(
        comodel_name="res.company", readonly=True, index=True, ondelete="restrict"
    )
    day = fields.Date(required=True, readonly=True, help="In UTC.")
    row_count = fields.Integer(string="Rows", readonly=True)
    first_id = fields.Integer(string="First Row", readonly=True, aggregator=None)
    last_id = fields.Integer(string="Last Row", readonly=True, aggregator=None)
    digest = fields.Char(required=True, readonly=True)
    previous_id = fields.Many2one(
        comodel_name="regulation.register.seal", readonly=True, ondelete="restrict"
    )
    sealed_at = fields.Datetime(required=True, readonly=True)
    purged_at = fields.Datetime(
        string="Rows removed", readonly=True, help="By the retention period."
    )

    _day_uniq = models.UniqueIndex(
        "(COALESCE(company_id, 0), day)", "A day of a company is sealed once."
    )

    # === ACTION METHODS === #

    def action_verify(self):
        """Compare the register with its seals, and say what does not fit.

        :raise AccessError: for others than audit and administrators
        """
        self._check_auditor()
        problems = self.env["regulation.register.seal"].sudo()._verify()
        if problems:
            message = "\n".join(problems[:20])
        else:
            message = self.env._("%s seals, and every row is as it was written.", self.search_count([]))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "title": self.env._("The register was changed")
                if problems
                else self.env._("The register is intact"),
                "message": message,
                "type": "danger" if problems else "success",
                "sticky": bool(problems),
            },
        }

    def _check_auditor(self):
        user = self.env.user
        if not self.env.su and not (
            user.has_group("sales_regulation.group_regulation_audit")
            or user.has_group("sales_regulation.group_regulation_admin")
        ):
            raise AccessError(self.env._("Auditors and administrators verify the register."))

    # === SEALING === #

    @api.model
    def _cron_seal(self):
        """Seal every settled day that has rows and no seal yet."""
        for company_id in self._companies_with_rows():
            self._seal_company(company_id)
            self.env["ir.cron"]._commit_progress(1)
        self._cron_retention()

    @api.model
    def _companies_with_rows(self):
        rows = self.env.execute_query(
            self._sql("SELECT DISTINCT COALESCE(company_id, 0) FROM regulation_register")
        )
        return sorted(company for (company,) in rows)

    def _sql(self, query, *args):
        self.env["regulation.register"].flush_model()
        return SQL(query, *args)

    @api.model
    def _seal_company(self, company_id):
        until = (fields.Datetime.now() - _SETTLED).date()
        Seal = self.sudo()
        last = Seal.search([("company_id", "=", company_id or False)], order="day desc", limit=1)
        ((first_at,),) = self.env.execute_query(
            self._sql(
                "SELECT min(at) FROM regulation_register"
                " WHERE COALESCE(company_id, 0) = %s AND at >= %s",
                company_id,
                datetime.combine(last.day + timedelta(days=1), time.min)
                if last
                else datetime(1970, 1, 1),
            )
        )
        if not first_at:
            return
        day = first_at.date()
        while day < until:
            digest, count, first, final = self._digest_of(company_id, day, last.digest or "")
            if count:
                last = engine(Seal).create(
                    {
                        "company_id": company_id,
                        "day": day,
                        "row_count": count,
                        "first_id": first,
                        "last_id": final,
                        "digest": digest,
                        "previous_id": last.id,
                        "sealed_at": fields.Datetime.now(),
                    }
                )
            day += timedelta(days=1)

    @api.model
    def _digest_of(self, company_id, day, previous, problems=None):
        """``(digest, count, first id, last id)`` of a day's rows, read batch by batch.

        The digest covers what a row says, computed anew, and whom it names by number, which
        erasing a person's data leaves.

        :param list problems: gets a line for each row whose own hash does not fit any more
        """
        Register = self.env["regulation.register"]
        digest = hashlib.sha256(f"{previous}|{company_id}|{day}".encode())
        count, first, last = 0, 0, 0
        begin = datetime.combine(day, time.min)
        while True:
            rows = self.env.execute_query(
                self._sql(
                    """
                    SELECT id, at, event, code, gate, clauses, res_model, res_id, amount,
                           user_id, subject_id, row_hash
                      FROM regulation_register
                     WHERE COALESCE(company_id, 0) = %s AND at >= %s AND at < %s AND id > %s
                     ORDER BY id
                     LIMIT %s
                    """,
                    company_id,
                    begin,
                    begin + timedelta(days=1),
                    last,
                    _BATCH,
                )
            )
            for row in rows:
                names = ("at", "event", "code", "gate", "clauses", "res_model", "res_id", "amount")
                facts = dict(zip(names, row[1:9], strict=True))
                own = Register._row_hash(facts)
                if problems is not None and own != row[11]:
                    problems.append(
                        self.env._("Row %(row)s of %(day)s was changed.", row=row[0], day=day)
                    )
                digest.update(json.dumps([row[0], own, row[9], row[10]]).encode())
                first = first or row[0]
                last = row[0]
            count += len(rows)
            if len(rows) < _BATCH:
                return digest.hexdigest(), count, first, last

    # === VERIFYING === #

    @api.model
    def _verify(self):
        """What does not fit: a list of sentences, empty if the register is intact."""
        problems = []
        previous = {}
        for seal in self.sudo().search([], order="day, id"):
            company = seal.company_id.id or 0
            before = previous.get(company)
            if seal.previous_id != (before or self.browse()):
                problems.append(
                    self.env._("A seal before %(day)s is missing or was put in.", day=seal.day)
                )
            previous[company] = seal
            if seal.purged_at:
                continue
            found = []
            digest, count, first, last = self._digest_of(
                company, seal.day, before.digest if before else "", found
            )
            problems += found
            if count != seal.row_count:
                problems.append(
                    self.env._(
                        "%(day)s: %(found)s rows, %(sealed)s were sealed.",
                        day=seal.day,
                        found=count,
                        sealed=seal.row_count,
                    )
                )
            elif (digest, first, last) != (seal.digest, seal.first_id, seal.last_id) and not found:
                problems.append(self.env._("%s: rows or seals were changed.", seal.day))
        return problems

    # === RETENTION === #

    @api.model
    def _cron_retention(self):
        """Remove what is older than the regulation keeps its register, and say so in a row.

        Sealed days only, one at a time: the chain keeps saying what was there.
        """
        Register = self.env["regulation.register"]
        for company in (
            self.env["res.company"]
            .sudo()
            .browse(self.env["regulation.profile"]._regulated_companies())
        ):
            months = self._retention_months(company)
            if not months:
                continue
            limit = company._regulation_today() - relativedelta(months=months)
            domain = [
                ("company_id", "=", company.id),
                ("day", "<", limit),
                ("purged_at", "=", False),
            ]
            for seal_id in self.sudo().search(domain, order="day").ids:
                seal = self.sudo().browse(seal_id)
                begin = datetime.combine(seal.day, time.min)
                rows = Register.sudo().search(
                    [
                        ("company_id", "=", company.id),
                        ("at", ">=", begin),
                        ("at", "<", begin + timedelta(days=1)),
                    ]
                )
                Register._record(
                    "retention",
                    company,
                    code=f"{seal.day}: {len(rows)}",
                    company_id=company.id,
                )
                engine(rows).unlink()
                engine(seal).write({"purged_at": fields.Datetime.now()})
                self.env["ir.cron"]._commit_progress()

    @api.model
    def _retention_months(self, company, name="retention_months"):
        """After how many months every regulation in force in the company lets rows be removed.

        :param str name: the figure that says so, 0 for never
        """
        Profile = self.env["regulation.profile"].sudo()
        lines = Profile._assignments_on(company.id, company._regulation_today())
        settings = [Profile._snapshot(line[0])["settings"] for line in lines]
        if not settings:
            return 0
        return Profile._strictness()[name]([values[name] for values in settings])
