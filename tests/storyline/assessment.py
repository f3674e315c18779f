# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""The qualitative part of March: everybody answers for himself, customers by their link."""

import re

#: who rates A, B and T beside their superiors and customers: three colleagues each
COLLEAGUES = {"a": ("B", "CLK", "WH"), "b": ("A", "CLK", "WH"), "t": ("PLN", "CLK", "WH")}
SUPERIORS = {"a": "KM", "b": "KM", "t": "TM"}
#: answers of the superior, of three colleagues, of three customers, of himself
MARKS = {
    "a": (88, (90, 92, 94), (80, 80, 80), 95),
    "b": (80, (84, 85, 86), (90, 90, 90), None),
    "t": (70, (78, 80, 82), (80, 80, 80), None),
}


class Assessment:
    """Mixed into a storyline: asks, answers and closes the ratings of a cycle."""

    def assess(self, cycle, logins):
        """The ratings of these people for a computed cycle; closed when their time is over."""
        self.HR.call("kpi.cycle", "action_ask_raters", cycle)
        for login in logins:
            superior, peers, customers, own = MARKS[login]
            self.name_raters(cycle, login)
            self.answer(cycle, login, "superior", SUPERIORS[login], superior)
            for who, mark in zip(COLLEAGUES[login], peers, strict=True):
                self.answer(cycle, login, "peer", who, mark)
            if own:
                self.answer(cycle, login, "self", login.upper(), own)
            for mark, request in zip(customers, self.asked(cycle, login, "customer"), strict=True):
                self.customer_answers(request, mark)
        self.at("2026-04-13 09:00")
        self.HR.call("kpi.cycle", "action_close_ratings", cycle)

    def asked(self, cycle, login, kind):
        return self.env["kpi.rating.request"].search(
            [
                ("cycle_id", "in", cycle),
                ("user_id", "=", self.users[login].id),
                ("kind", "=", kind),
            ],
            order="id",
        )

    def name_raters(self, cycle, login):
        """HR sees to three colleagues and three customers."""
        there = self.asked(cycle, login, "peer").rater_id
        wanted = [self.person(who) for who in COLLEAGUES[login]]
        names = [self.users[who.lower()] for who in COLLEAGUES[login]]
        self.assertEqual(len(wanted), 3)
        rows = [{"kind": "peer", "rater_id": user.id} for user in names if user not in there]
        for code in ("xinghai", "beihe", "nanfeng"):
            self.customers[code].email = f"buyer@{code}.example"
        rows += [
            {"kind": "customer", "partner_id": self.customers[code].id}
            for code in ("xinghai", "beihe", "nanfeng")
        ]
        for values in rows:
            self.HR.create(
                "kpi.rating.request", cycle_id=cycle[0], user_id=self.users[login].id, **values
            )

    def answer(self, cycle, login, kind, who, mark):
        rater = self.users[who.lower()]
        request = self.asked(cycle, login, kind).filtered(lambda one: one.rater_id == rater)
        self.person(who).call("kpi.rating.request", "action_rate", request.ids, value=mark)

    def customer_answers(self, request, mark):
        mails = self.env["mail.mail"].search([("recipient_ids", "in", request.partner_id.ids)])
        [path] = re.findall(
            rf"/score/rate/{request.id}/[\w-]+", "".join(map(str, mails.mapped("body_html")))
        )
        page = self.url_open(path).text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page).group(1)
        self.url_open(path, data={"csrf_token": token, "value": str(mark)})
