# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import api, models
from odoo.tools import SQL


class RegulationProfile(models.Model):
    """An adopted regulation speaks every language that the shipped one speaks.

    A copy takes the translations along that are loaded when it is made. Languages that are
    loaded later bring theirs for the shipped profiles only: they are handed on here.
    """

    _inherit = "regulation.profile"

    @api.model
    def _translate_adopted(self):
        """Give adopted profiles the shipped translations of what still has the shipped text.

        Only what nobody has translated is filled in. Written in SQL: a published version is
        not edited, and it is not edited by being said in another language either.
        """
        changed = self._translate_table(self._name, SQL("own.id"), SQL("shipped.id"))
        for name in self.env.registry["regulation.profile.part"]._inherit_children:
            if not self.env[name]._abstract:
                changed += self._translate_table(
                    name, SQL("own.profile_id"), SQL("shipped.profile_id")
                )
        if changed:
            self._clear_policy_cache()

    @api.model
    def _translate_table(self, model, own, shipped):
        """Fill in the translations of one table; how many rows changed."""
        Model = self.env[model]
        Model.flush_model()
        rows = 0
        for name, field in Model._fields.items():
            if not (field.translate and field.store and field.column_type):
                continue
            column = SQL.identifier(name)
            self.env.cr.execute(
                SQL(
                    """
                    WITH RECURSIVE adopted(id, template) AS (
                        SELECT id, template_id FROM regulation_profile
                         WHERE template_id IS NOT NULL
                        UNION
                        SELECT later.id, adopted.template
                          FROM regulation_profile later
                          JOIN adopted ON later.previous_id = adopted.id
                         WHERE later.template_id IS NULL
                    ), shipped AS (
                        SELECT DISTINCT ON (own.id) own.id, shipped.%(column)s AS said
                          FROM %(table)s own
                          JOIN adopted ON adopted.id = %(own)s
                          JOIN %(table)s shipped ON %(shipped)s = adopted.template
                           AND shipped.%(column)s->>'en_US' = own.%(column)s->>'en_US'
                         ORDER BY own.id, shipped.id
                    ), filled AS (
                        SELECT own.id,
                               shipped.said || (
                                   SELECT jsonb_object_agg(lang, text)
                                     FROM jsonb_each(own.%(column)s) AS said(lang, text)
                                    WHERE lang = 'en_US' OR text <> own.%(column)s->'en_US'
                               ) AS said
                          FROM %(table)s own JOIN shipped ON shipped.id = own.id
                    )
                    UPDATE %(table)s own SET %(column)s = filled.said
                      FROM filled
                     WHERE filled.id = own.id AND filled.said <> own.%(column)s
                    """,
                    column=column,
                    table=SQL.identifier(Model._table),
                    own=own,
                    shipped=shipped,
                )
            )
            rows += self.env.cr.rowcount
        if rows:
            Model.invalidate_model()
        return rows
