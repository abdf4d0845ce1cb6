"""What a search for runs may be asked: checked before anything is read."""

from __future__ import annotations

from cellbook.errors import InvalidInput


def check_search(query: object, order_by: object, max_results: object) -> None:
    """Say what is wrong with the arguments of a search, but for the language of the query.

    Raises
    ------
    InvalidInput
        If one of them is of a wrong kind.
    """
    if not isinstance(query, str) and not callable(query):
        raise InvalidInput(
            f"A query is text, such as 'metrics.acc > 0.9', or a TinyDB query; {query!r} is a "
            f"{type(query).__name__}."
        )
    terms = [] if order_by is None else [order_by] if isinstance(order_by, str) else order_by
    if not isinstance(terms, (list, tuple)) or not all(isinstance(term, str) for term in terms):
        raise InvalidInput(
            f"order_by is text, such as 'metrics.acc DESC', or a list of these; not {order_by!r}."
        )
    if max_results is not None and (type(max_results) is not int or max_results < 0):
        raise InvalidInput(
            f"max_results is a whole number, or None for all runs; not {max_results!r}."
        )
