# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
"""People who act as clients of the server, with nothing but their own rights."""

import json
from contextlib import contextmanager


class RpcError(Exception):
    """What the server answered instead of a result."""

    def __init__(self, status, payload):
        self.status = status
        self.name = payload.get("name", "").rpartition(".")[2]
        self.text = payload.get("message", "")
        super().__init__(f"{status} {self.name}: {self.text}")


class Person:
    """One user, over JSON-2 with his own key: the same guards as the web client."""

    def __init__(self, case, user):
        self.case = case
        self.login = user.login
        self.uid = user.id
        self.key = (
            case.env["res.users.apikeys"]
            .with_user(user)
            .sudo()
            ._generate(None, "storyline", "2036-01-01")
        )

    def call(self, model, method, ids=(), **kwargs):
        """The result of a method; :raise RpcError: if the server refuses."""
        body = {**kwargs}
        if ids:
            body["ids"] = [ids] if isinstance(ids, int) else list(ids)
        # What is not yet written would not be seen by the request
        self.case.env.flush_all()
        self.case.env.invalidate_all()
        response = self.case.url_open(
            f"/json/2/{model}/{method}",
            data=json.dumps(body),
            headers={
                "Content-Type": "application/json",
                "Authorization": f"bearer {self.key}",
            },
            timeout=120,
        )
        self.case.env.invalidate_all()
        if response.status_code != 200:
            try:
                payload = response.json()
            except ValueError:
                payload = {"message": response.text[:500]}
            raise RpcError(response.status_code, payload)
        return response.json()

    # -- shorthands

    def create(self, model, **vals):
        return self.call(model, "create", vals_list=[vals])[0]

    def write(self, model, ids, **vals):
        return self.call(model, "write", ids, vals=vals)

    def read(self, model, ids, *fields):
        """The values of one record: a single one if a single field is asked for."""
        [row] = self.call(model, "read", ids, fields=list(fields), load=None)
        return row[fields[0]] if len(fields) == 1 else row

    def search(self, model, *domain, **kwargs):
        return self.call(model, "search", domain=list(domain), **kwargs)

    def count(self, model, *domain):
        return self.call(model, "search_count", domain=list(domain))

    @contextmanager
    def refused(self, *texts, error=None):
        """The block is refused with a message that says all of ``texts``, never a traceback."""
        try:
            yield
        except RpcError as refusal:
            self.case.assertIn(
                refusal.name,
                [error] if error else ["UserError", "ValidationError", "AccessError"],
                refusal,
            )
            for text in texts:
                self.case.assertIn(text, refusal.text)
        else:
            self.case.fail(f"{self.login} was not stopped: {texts}")
