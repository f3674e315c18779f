# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tests import tagged

from .test_resolution import PolicyCase


@tagged("post_install", "-at_install")
class TestTranslation(PolicyCase):
    """An adopted regulation speaks the languages of the shipped one, whenever they are loaded."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.template = cls.env.ref("sales_regulation.profile_composite")
        cls.own = cls.template._adopt(
            {
                "name": "Own",
                "code": "OWN",
                "assignment_ids": [(0, 0, {"company_id": cls.company.id})],
            }
        )

    def _load(self, code="zh_CN"):
        """What happens when somebody adds a language."""
        wizard = self.env["base.language.install"].create(
            {"lang_ids": [(6, 0, self._lang(code).ids)]}
        )
        wizard.lang_install()

    def _lang(self, code):
        return self.env["res.lang"].with_context(active_test=False).search([("code", "=", code)])

    def _texts(self, profile, lang):
        profile = profile.with_context(lang=lang)
        return {
            "items": profile.checklist_item_ids.sorted("id").mapped("name"),
            "clauses": profile.clause_ids.sorted("id").mapped("wording"),
            "deadlines": profile.deadline_rule_ids.sorted("id").mapped("name"),
            "figures": profile.figure_ids.sorted("id").mapped("name"),
        }

    def test_language_loaded_after_adoption(self):
        """Also on a version in force and on the version made from it."""
        self.own.with_user(self.users["gm"]).action_publish()
        later = self.own.browse(self.own.action_new_version()["res_id"])
        english = self._texts(self.own, "en_US")
        self._load()
        for profile in (self.own, later):
            texts = self._texts(profile, "zh_CN")
            self.assertEqual(texts, self._texts(self.template, "zh_CN"))
            self.assertEqual(self._texts(profile, "en_US"), english)
            self.assertNotEqual(texts["items"], english["items"])
            self.assertNotEqual(texts["clauses"], english["clauses"])

    def test_language_loaded_before_adoption(self):
        self._load()
        for lang in ("en_US", "zh_CN"):
            own = self.template.with_context(lang=lang)._adopt({"name": "B", "code": f"B{lang}"})
            for read in ("en_US", "zh_CN"):
                self.assertEqual(self._texts(own, read), self._texts(self.template, read))

    def test_own_words_stay(self):
        """What the company has written or translated itself is not touched."""
        first, second = self.own.checklist_item_ids.sorted("id")[:2]
        first.name = "Price checked by two"
        self._lang("zh_CN").active = True
        second.with_context(lang="zh_CN").name = "我们的说法"
        self._load()
        self.assertEqual(first.with_context(lang="zh_CN").name, "Price checked by two")
        self.assertEqual(second.with_context(lang="zh_CN").name, "我们的说法")

    def test_running_acknowledgement_stays(self):
        """Another language is no other content."""
        self.own.acknowledgement = True
        self.own.with_user(self.users["gm"]).action_publish()
        approval = self.own.sudo().acknowledgement_id
        self.assertEqual(approval.state, "pending")
        self._load()
        self.env.flush_all()
        self.env.cr.precommit.run()
        self.assertEqual(approval._holding(), approval)
        self.assertEqual(approval.state, "pending")
