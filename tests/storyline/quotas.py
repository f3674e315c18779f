# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""What T does in March: contacts that he hands in with his logs and TM signs (steps 5 and 7)."""

from datetime import date, timedelta

LEAVE = date(2026, 3, 13)


class Quotas:
    """Mixed into a storyline: T works, HR enters his leave."""

    def work(self, day, calls, mails, faxes, interested):
        """T's contacts of a day, handed in with his log and signed by TM."""
        self.at(f"{day} 17:00")
        channels = ["call"] * calls + ["email"] * mails + ["fax"] * faxes
        self.T.call(
            "sales.contact",
            "create",
            vals_list=[
                {
                    "channel": channel,
                    "number": f"139 {day:%m%d} {number:04d}",
                    "result": "An offer",
                    "interested": number < interested,
                }
                for number, channel in enumerate(channels)
            ],
        )
        report = self.T.create("work.report", day=str(day), content="<p>The calls of the day.</p>")
        self.T.call("work.report", "action_hand_in", report)
        self.decide(self.env["work.report"].browse(report), "work_report", "TM")

    def leave(self, person, day=LEAVE):
        """Somebody enters a day of leave of T in the working calendar."""
        return person.create(
            "resource.calendar.leaves",
            name="Leave",
            resource_id=self.employees["t"].resource_id.id,
            calendar_id=self.calendar.id,
            company_id=self.company.id,
            date_from=f"{day} 01:00:00",
            date_to=f"{day} 10:00:00",
        )

    def march_of_t(self):
        """1,045 calls, 168 mails and faxes, 80 interested customers on 21 days."""
        self.at("2026-03-12 09:00")
        self.leave(self.HR)
        days = [date(2026, 3, 1) + timedelta(days=number) for number in range(31)]
        days = [day for day in days if day.weekday() < 5 and day != LEAVE]
        for number, day in enumerate(days):
            self.work(
                day,
                calls=49 if number < 5 else 50,
                mails=5,
                faxes=3,
                interested=3 if number < 4 else 4,
            )
