# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
import base64
from datetime import timedelta

from odoo import Command, api, models
from odoo.tools import file_open

#: who has signed in the client; the others are asked
SIGNED = ("zhou", "chengang", "wangfang", "sun", "liu", "gao", "he", "mahui", "zheng")
#: signed on paper before the system came: {login: days ago}; one has expired, one ends soon
ON_PAPER = {"wu": 380, "yan": 350, "song": 120}
#: parts of a regulation that this addon adds to the shipped ones
PARTS = (
    "regulation.checklist.item",
    "regulation.duty",
    "regulation.deadline.rule",
    "regulation.clause",
)
#: what stands for the scan of a signed paper, base64
PAPER = "JVBERi0xLjQKJSBzaWduZWQgcGFwZXI="


class RegulationDemo(models.AbstractModel):
    """The next version of the regulation demands secrecy; agreements in every state."""

    _inherit = "regulation.demo"

    @api.model
    def _load_ndas(self):
        company = self.env["res.company"].search([("name", "=", "Hua Xin Components")])
        if not company or self.env["confidentiality.nda"].search_count(
            [("company_id", "=", company.id)]
        ):
            return
        demo = self.with_context(
            tracking_disable=True,
            mail_create_nosubscribe=True,
            no_reset_password=True,
            allowed_company_ids=company.ids,
        ).with_company(company)
        users = demo.env["res.users"].search([("company_id", "=", company.id)])
        people = {user.login: user for user in users}
        if not {*SIGNED, *ON_PAPER, "liqiang", "zhaomin"} <= set(people):
            return
        people["zhou"].group_ids |= demo.env.ref(
            "sales_confidentiality.group_confidentiality_officer"
        )
        demo._say_in_all_languages()
        demo._secret_version(people["zhou"])
        demo._secrets(company, people)

    def _say_in_all_languages(self):
        """A wording is published in the languages it has, and those of this addon come later."""
        codes = [code for code, _name in self.env["res.lang"].get_installed() if code != "en_US"]
        self.env.flush_all()
        self.env["ir.module.module"]._load_module_terms(["sales_confidentiality"], codes)
        self.env.invalidate_all()

    def _secret_version(self, director):
        """The regulation in force, with NDA, course, examination, inspections and check-out."""
        profile = self.env["regulation.profile"].search(
            [("code", "=", "HUAXIN"), ("state", "in", ("trial", "active"))], limit=1
        )
        action = profile.action_new_version()
        draft = self.env["regulation.profile"].browse(action["res_id"])
        draft.write(
            {
                "nda_staff": True,
                "nda_partner": True,
                "training_entry": True,
                "confidentiality_exam_id": self.env.ref(
                    "sales_confidentiality.survey_confidentiality"
                ).id,
                "date_from": profile.date_from,
            }
        )
        self._secret_parts(draft)
        draft.with_user(director).action_publish_trial()

    def _secret_parts(self, draft):
        """What the shipped regulation has got since the company adopted it."""
        shipped = self.env.ref("sales_regulation.profile_composite")
        for name in PARTS:
            parts = self.env[name].search([("profile_id", "in", (draft | shipped).ids)])
            known = {self._part_key(part) for part in parts if part.profile_id == draft}
            for part in parts:
                if self._part_key(part) not in known:
                    part.copy({"profile_id": draft.id})
        draft.gate_ids.filtered(lambda line: line.gate_id.code == "leaver_checkout").mode = "enforce"

    def _part_key(self, part):
        return ("kind" in part._fields and part.kind, part.code)

    @api.model
    def _secrets(self, company, people):
        """What happened under it, by who did it; extended by the parts of the addon."""
        self._ask_for_ndas(company, people)
        self._plan_training(company, people)

    # === AGREEMENTS === #

    def _ask_for_ndas(self, company, people):
        officer = people["zhou"]
        for kind in ("employee", "partner", "customer"):
            self.env.ref(f"sales_confidentiality.nda_template_{kind}").with_user(
                officer
            ).sudo().action_publish()
        for login in SIGNED:
            self._nda_of(people[login]).with_user(people[login]).action_sign(
                {**self._drawn(people[login].name), "conflict": "none"}
            )
        today = company._regulation_today()
        for login, days in ON_PAPER.items():
            nda = self._nda_of(people[login]).with_user(officer)
            nda.action_register_paper(
                {
                    "signer_name": people[login].name,
                    "signed_on": str(today - timedelta(days=days)),
                    "scan": PAPER,
                    "scan_name": "signed pledge.pdf",
                    "conflict": "none",
                }
            )
        # What has run out is over, what ends soon is asked for again
        self.env["confidentiality.nda"]._cron_keep()
        self.env["confidentiality.nda"].search(
            [("user_id", "=", people["song"].id), ("state", "=", "signed")]
        ).with_user(officer).action_revoke("Planning files were found in private storage.")
        self._partner_ndas(company, people)

    def _nda_of(self, user):
        """What waits for the signature of a person."""
        return self.env["confidentiality.nda"].search(
            [("user_id", "=", user.id), ("state", "=", "sent")], limit=1
        )

    def _drawn(self, name):
        with file_open("sales_confidentiality/demo/signature.png", "rb") as file:
            signature = base64.b64encode(file.read())
        return {"signer_name": name, "signature": signature}

    def _partner_ndas(self, company, people):
        """A dealer with a login has signed, a customer is asked, for another one it is drafted."""
        rep, officer = people["wangfang"], people["zhou"]
        dealer = self.env["res.partner"].create(
            {
                "name": "Bridge Consulting",
                "is_company": True,
                "email": "office@bridge.example.com",
                "company_id": company.id,
                "user_id": rep.id,
                "confidentiality_party": "partner",
                "child_ids": [
                    Command.create(
                        {
                            "name": "Qiu Yun",
                            "email": "qiu@bridge.example.com",
                            "company_id": company.id,
                        }
                    )
                ],
            }
        )
        login = self.env["res.users"].create(
            {
                "login": "qiu",
                "password": "qiu",
                "partner_id": dealer.child_ids.id,
                "company_id": company.id,
                "company_ids": [Command.set(company.ids)],
                "group_ids": [Command.set(self.env.ref("base.group_portal").ids)],
                "tz": "Asia/Shanghai",
            }
        )
        signed = self._partner_nda(dealer, "partner", rep)
        signed.action_send()
        signed.with_user(login).sudo()._sign("portal", {**self._drawn(login.name)})
        customers = self.env["res.partner"].search(
            [("company_id", "=", company.id), ("is_company", "=", True)]
        )
        named = {partner.name: partner for partner in customers}
        self._partner_nda(named["Xinghai Electronics"], "customer", rep).action_send()
        self._partner_nda(named["Beihe Instruments"], "customer", officer)

    def _partner_nda(self, partner, kind, user):
        template = self.env.ref(f"sales_confidentiality.nda_template_{kind}")
        return (
            self.env["confidentiality.nda"]
            .with_user(user)
            .create({"partner_id": partner.id, "template_id": template.id})
        )

    # === TRAINING === #

    def _plan_training(self, company, people):
        today = company._regulation_today()
        trainings = self.env["confidentiality.training"].create(
            [
                {
                    "name": name,
                    "kind": kind,
                    "company_id": company.id,
                    "date": today + timedelta(days=days),
                    "trainer_id": people["zhou"].id,
                    "attendance_ids": [
                        Command.create({"user_id": people[login].id, "attended": days < 0})
                        for login in logins
                    ],
                }
                for name, kind, days, logins in (
                    ("Secrecy in our company", "entry", -30, SIGNED[1:]),
                    ("What we keep to ourselves", "refresher", -20, ("wangfang", "chengang")),
                    ("Secrecy in our company", "entry", 10, ("zhaomin", "song")),
                    ("Information security", "awareness", 25, ("wangfang", "liqiang")),
                )
            ]
        )
        # One was asked to and did not come
        trainings[0].attendance_ids = [Command.create({"user_id": people["liqiang"].id})]
        trainings[:2].action_hold()
