# Copyright 2026 The Sales Regulation maintainers
# License LGPL-3.0 or later (https://www.gnu.org/licenses/lgpl).
from odoo.tools import SQL


class KeptQuery:
    """A query whose plan the database keeps: a function, planned once per connection.

    PostgreSQL plans a query each time it is sent. Over the tables of sales, stock and
    accounting that takes many times longer than to run it for one document, and it would
    be waited for at every confirmation and every shipment.

    A plan that is kept must also do when the tables have grown: it goes by indexes, whatever
    the size of the tables when it was made.

    The function only reads. It is (re)made whenever the addon is installed or updated
    (``define`` in the ``init`` of a model) and dropped with it (see ``hooks.py``).
    """

    #: every function of ours begins so
    PREFIX = "sales_regulation_"

    def __init__(self, name, arguments, columns):
        """
        :param str name: without the prefix
        :param dict arguments: name and type of each argument, in order
        :param dict columns: name and type of each column, in order
        """
        self.name = self.PREFIX + name
        self.arguments = arguments
        self.columns = columns

    def define(self, cr, *queries):
        """Make the function; it returns the rows of each of ``queries``, one after the other.

        In a query the arguments stand by their names, which must be no columns of a table.
        """
        parts = [
            f"RETURN QUERY {cr.mogrify(query.code, query.params).decode()};" for query in queries
        ]
        body = "#variable_conflict use_column\nBEGIN\n" + "\n".join(parts) + "\nEND"
        self.drop(cr, self.name)
        cr.execute(
            SQL(
                """
                CREATE FUNCTION %(name)s(%(arguments)s) RETURNS TABLE (%(columns)s)
                LANGUAGE plpgsql STABLE
                SET plan_cache_mode TO force_generic_plan
                SET enable_seqscan TO off
                SET jit TO off
                AS %(body)s
                """,
                name=SQL.identifier(self.name),
                arguments=self._typed(self.arguments),
                columns=self._typed(self.columns),
                body=body,
            )
        )

    def call(self, **values):
        """The query to execute, with a value for each argument."""
        return SQL(
            "SELECT * FROM %s(%s)",
            SQL.identifier(self.name),
            SQL(", ").join(
                SQL("%s::%s", values[name], SQL(type_)) for name, type_ in self.arguments.items()
            ),
        )

    @classmethod
    def drop(cls, cr, name=""):
        """Drop this function, or all of ours."""
        cr.execute(
            SQL(
                """
                SELECT oid::regprocedure::text FROM pg_proc
                 WHERE pronamespace = current_schema::regnamespace
                   AND (proname = %s OR %s AND starts_with(proname, %s))
                """,
                name,
                not name,
                cls.PREFIX,
            )
        )
        for (signature,) in cr.fetchall():
            cr.execute(SQL("DROP FUNCTION %s", SQL(signature)))

    @staticmethod
    def _typed(names):
        return SQL(", ").join(
            SQL("%s %s", SQL.identifier(name), SQL(type_)) for name, type_ in names.items()
        )
