# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, fields, models


class RegulationAbout(models.AbstractModel):
    """A row that an engine keeps beside a document of any model.

    It says which document, names it to those who may read it, opens it, and puts tasks on it.
    """

    _name = "regulation.about"
    _description = "Row about a Document"

    #: type of the tasks that ``_plan_tasks`` makes
    _task_type = "mail.mail_activity_data_todo"

    res_model = fields.Char(string="Document Model", required=True, readonly=True)
    res_id = fields.Many2oneReference(
        string="Document", model_field="res_model", required=True, readonly=True
    )

    # === ACTION METHODS === #

    def action_open_document(self):
        """Open the document; the usual access rights decide."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "res_model": self.res_model,
            "res_id": self.res_id,
            "view_mode": "form",
            "views": [(False, "form")],
        }

    # === TOOLING === #

    def _document(self):
        """The document, or None when it or its model is gone."""
        self.ensure_one()
        if self.res_model not in self.env:
            return None
        return self.env[self.res_model].browse(self.res_id).exists() or None

    def _document_names(self):
        """``{id: name}`` of the documents that the user may read. A query or two per model."""
        found = {}
        for model, rows in self.grouped("res_model").items():
            if not model or model not in self.env:
                continue
            documents = self.env[model].browse(rows.mapped("res_id")).exists()
            names = {doc.id: doc.display_name for doc in documents._filtered_access("read")}
            found.update({row.id: names[row.res_id] for row in rows if row.res_id in names})
        return found

    @api.model
    def _plan_tasks(self, user_of, summary_of, due_of):
        """Put a task on the document of each row, for people who may read it.

        Whoever may not read it finds the row itself in the engine's own list. Quietly: a mail
        for each of many rows would be a flood.

        :param user_of: callable of a row: whose task it is; nobody: no task
        :param summary_of: callable of a row, which comes in the language of its reader
        :param due_of: callable of a row: moment (naive UTC), shown as a day of its company
        :return: ``{row id: task}``
        """
        todo = self.env.ref(self._task_type, raise_if_not_found=False)
        concerned, rows = [], []
        for (model, user), group in self.grouped(lambda row: (row.res_model, user_of(row))).items():
            # Events have activities too, but are no documents with a task list of their own
            if not user or not user.active or "activity_state" not in self.env[model]._fields:
                continue
            documents = (
                self.env[model]
                .browse(group.mapped("res_id"))
                .with_user(user)
                .with_context(allowed_company_ids=user.company_ids.ids)
            )
            readable = set(documents._filtered_access("read").ids)
            model_id = self.env["ir.model"]._get_id(model)
            # In the language of the one who gets it, not of the cron
            for row in group.with_context(lang=user.lang):
                if row.res_id not in readable:
                    continue
                concerned.append(row.id)
                rows.append(
                    {
                        "res_model_id": model_id,
                        "res_id": row.res_id,
                        "activity_type_id": todo.id if todo else False,
                        "user_id": user.id,
                        "summary": summary_of(row),
                        "date_deadline": row.company_id._regulation_local(due_of(row)).date(),
                        "automated": True,
                    }
                )
        tasks = (
            self.env["mail.activity"]
            .sudo()
            .with_context(mail_activity_quick_update=True)
            .create(rows)
        )
        return dict(zip(concerned, tasks, strict=True))
