# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo import models
from odoo.exceptions import AccessError, UserError

from ...tools import engine, is_engine

#: a rating of Odoo goes from 0 to 5, satisfaction from 0 to 100
POINTS = 20.0


class RegulationRated(models.AbstractModel):
    """A document on which its customer, and nobody else, says how satisfied he is.

    Odoo lets every employee create and change ratings and read their tokens. Here a rating is
    made by the system, its token goes to the customer only, and it is given once: through the
    link that he got, or on the portal in his own name. Inherit this before ``mail.thread``.
    """

    _name = "regulation.rated"
    _description = "Document Rated by Its Customer"

    #: of a row of satisfaction: after what the customer was asked
    _rated_source = "ticket"

    # === SEAMS === #

    def _rating_customer(self):
        """Whom to ask: the contact, with an address."""
        self.ensure_one()
        return self.partner_id

    def _rating_person(self):
        """The employee who is rated."""
        self.ensure_one()
        return self.user_id

    def _rating_wanted(self):
        """Whether the customer still has something to say."""
        return True

    def _rating_given(self, rating, score, feedback):
        """The customer has said ``score`` (0 to 100)."""
        self.ensure_one()
        self.env["sales.satisfaction"]._note(self, score, feedback=feedback, rating=rating)

    def _rating_url(self, rating):
        """Where the customer answers."""
        return f"{self.get_base_url()}/rate/{rating.access_token}/5"

    # === ODOO'S RATINGS === #

    def rating_apply(
        self,
        rate,
        token=None,
        rating=None,
        feedback=None,
        subtype_xmlid=None,
        notify_delay_send=False,
    ):
        """The customer gives his rating by the link that he got.

        :param float rate: 0 to 5
        :raise AccessError: for everybody inside: nobody rates himself
        """
        self.ensure_one()
        if not self.env.su or self.env.user._is_internal():
            raise AccessError(self.env._("Only the customer says how satisfied he is."))
        ratings = self.env["rating.rating"].sudo()
        if token:
            rating = ratings.search([("access_token", "=", token)], limit=1)
        if not rating or (rating.res_model, rating.res_id) != (self._name, self.id):
            raise UserError(self.env._("This link does not belong to the document."))
        if not 0 <= rate <= 5:
            raise UserError(self.env._("A rating is between 0 and 5."))
        self._rating_consume(rating, rate, feedback)
        self._rating_given(rating, rate * POINTS, feedback)
        return rating

    def _rating_consume(self, rating, rate, feedback):
        if rating.consumed:
            raise UserError(self.env._("You have answered already. Thank you."))
        engine(rating.sudo()).write(
            {"rating": rate, "feedback": str(feedback or "")[:4000], "consumed": True}
        )

    def _rating_ask(self, partner):
        """A rating that waits for the customer; its token is for him only."""
        self.ensure_one()
        rating = engine(self.env["rating.rating"].sudo()).create(
            {
                "partner_id": partner.id,
                "rated_partner_id": self._rating_person().partner_id.id,
                "res_model_id": self.env["ir.model"]._get_id(self._name),
                "res_id": self.id,
                "is_internal": True,
            }
        )
        return rating.with_env(self.env["rating.rating"].sudo().env)

    def _rating_get_access_token(self, partner=None):
        """Not for templates and screens of employees: the token speaks for the customer."""
        if not is_engine(self.env):
            raise AccessError(self.env._("The link of a rating is sent to the customer only."))
        return super()._rating_get_access_token(partner=partner)

    def message_post(self, **kwargs):
        # A message of the chatter rates nobody
        kwargs.pop("rating_value", None)
        kwargs.pop("rating_id", None)
        if self.env.user._is_internal() and not self.env.su:
            # Nobody inside writes in the name of the customer
            kwargs.pop("author_id", None)
            kwargs.pop("email_from", None)
        return super().message_post(**kwargs)

    def _message_update_content(self, message, /, *, body, rating_value=None, **kwargs):
        return super()._message_update_content(message, body=body, **kwargs)
