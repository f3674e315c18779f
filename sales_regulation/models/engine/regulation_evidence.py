# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import csv
import hashlib
import json
import shutil
from pathlib import Path

from odoo import api, fields, models

_BATCH = 1000


class RegulationRegister(models.Model):
    _inherit = "regulation.register"

    @api.model
    def _evidence_models(self):
        """Models whose rows are handed to an auditor: ``{model: domain}``.

        Whoever keeps evidence of his own extends this.
        """
        return {
            "regulation.register": [],
            "regulation.register.seal": [],
            "regulation.profile": [],
            "regulation.role.assignment": [],
            "regulation.release": [],
            "regulation.deadline": [],
            "regulation.duty.instance": [],
            "regulation.handover": [],
            "regulation.measure": [],
            "regulation.qualification": [],
            "regulation.profile.assignment": [],
            "regulation.profile.gate": [],
            "regulation.clause": [],
            "regulation.approval": [],
            "regulation.approval.step": [],
            "regulation.approval.decision": [],
            "regulation.delegation": [],
            "regulation.checklist.tick": [],
            "sale.payment.allocation": [],
            "sale.payment.agreement": [],
            "sale.receipt": [],
            "sale.credit.request": [],
            "sale.order.change": [],
            "sale.order.change.line": [],
            "price.change.request": [],
            "price.change.request.line": [],
            "dispatch.notice": [],
            "dispatch.notice.line": [],
            "dispatch.notice.step": [],
            "dispatch.receipt": [],
        }

    @api.model
    def _export_evidence(self, folder):
        """Write all evidence to files that need no Odoo to be read.

        One CSV per model, ``manifest.json`` with the hash of each file and the result of
        the verification, ``summary.html``, and ``summary.pdf`` where a PDF can be made.

        :param folder: path of the folder, made if it is not there
        :return: sentences about what was written
        """
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        report, files = [], {}
        for model, domain in self._evidence_models().items():
            if model not in self.env:
                continue
            path = folder / f"{model}.csv"
            count = self._export_model(path, model, domain)
            files[path.name] = {
                "rows": count,
                "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
            }
            report.append(self.env._("%(file)s: %(count)s rows", file=path.name, count=count))
        problems = self.env["regulation.register.seal"]._verify()
        manifest = {
            "database": self.env.cr.dbname,
            "exported_at": fields.Datetime.to_string(fields.Datetime.now()),
            "files": files,
            "register_intact": not problems,
            "problems": problems,
        }
        (folder / "manifest.json").write_text(
            json.dumps(manifest, ensure_ascii=False, indent=2), encoding="utf-8"
        )
        report += problems or [self.env._("The register is intact.")]
        report.append(self._export_summary(folder, manifest))
        return report

    def _export_model(self, path, model, domain):
        Model = self.env[model].sudo().with_context(active_test=False)
        names = [
            name
            for name, field in sorted(Model._fields.items())
            if field.store and field.column_type and field.type not in ("binary", "html")
        ]
        names.remove("id")
        names.insert(0, "id")
        count, last = 0, 0
        # With a byte order mark, so that a spreadsheet reads Chinese
        with path.open("w", newline="", encoding="utf-8-sig") as handle:
            writer = csv.writer(handle)
            writer.writerow(names)
            while rows := Model.search([*domain, ("id", ">", last)], order="id", limit=_BATCH):
                last = rows[-1].id
                for values in rows.read(names, load=None):
                    writer.writerow(_cell(Model._fields[name], values[name]) for name in names)
                count += len(rows)
                self.env.invalidate_all()
        return count

    def _export_summary(self, folder, manifest):
        counts = self.env["regulation.register"].sudo()._read_group([], ["event"], ["__count"])
        labels = dict(self._fields["event"]._description_selection(self.env))
        html = str(
            self.env["ir.qweb"]._render(
                "sales_regulation.evidence_summary",
                {
                    "manifest": manifest,
                    "counts": [(labels.get(event, event), count) for event, count in counts],
                    "company_names": self.env["res.company"].sudo().search([]).mapped("name"),
                },
            )
        )
        (folder / "summary.html").write_text(html, encoding="utf-8")
        if not shutil.which("wkhtmltopdf"):
            return self.env._("wkhtmltopdf is not installed: summary.html instead of a PDF.")
        pdf = self.env["ir.actions.report"]._run_wkhtmltopdf([html])
        (folder / "summary.pdf").write_bytes(pdf)
        return self.env._("summary.pdf written")


def _cell(field, value):
    """A value as text; nothing that a spreadsheet would take for a formula."""
    if value is False and field.type != "boolean":
        return ""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@")):
        return f"'{value}"
    return value
