"""The endpoint's responses, and how it says no, in the shape of each protocol.

Only a worker imports this, as it needs Starlette.
"""

from __future__ import annotations

from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cellbook.serving.desk import Answered
from cellbook.serving.outputs import as_json
from cellbook.serving.refusing import Refused


def json_response(doc: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """Return JSON."""
    return Response(as_json(doc), status, headers, "application/json")


def page_response(html: str) -> Response:
    """Return a page, in which nothing of elsewhere is loaded or run."""
    headers = {
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
        "x-content-type-options": "nosniff",
        "vary": "accept",
    }
    return Response(html.encode("utf-8", "replace"), 200, headers, "text/html; charset=utf-8")


def answer_headers(one: Answered | Refused) -> dict[str, str]:
    """Return the headers that say who answered, or refused."""
    if one.arm is None:
        return {}
    return {
        "cellbook-prediction-id": one.prediction_id,
        "cellbook-arm": one.arm.name,
        "cellbook-model": _header(one.arm.called),
        "cellbook-version": _header(one.arm.version),
    }


def _header(text: str) -> str:
    return "".join(char if " " <= char <= "~" else "?" for char in text)


def refusal(refused: Refused, form: str) -> Response:
    """Return why a request is not answered."""
    headers = answer_headers(refused)
    if refused.retry_after is not None:
        headers["retry-after"] = str(refused.retry_after)
    if form == "mlflow":
        code = "BAD_REQUEST" if refused.status < 500 else "INTERNAL_ERROR"
        return json_response(
            {"error_code": code, "message": refused.message}, refused.status, headers
        )
    return json_response({"error": refused.message}, refused.status, headers)


async def no_route(request: Request, error: Exception) -> Response:
    """Say that there is nothing here, or nothing for this method."""
    assert isinstance(error, HTTPException)
    told = {
        404: "There is nothing at this path. GET / says what there is.",
        405: "The path does not take this method.",
    }
    message = told.get(error.status_code, str(error.detail))
    headers = dict(error.headers or {})
    if "Allow" in headers:
        headers["Allow"] = ", ".join(sorted(headers["Allow"].split(", ")))
        message += f" It takes {headers['Allow']}."
    return json_response({"error": message}, error.status_code, headers)


async def server_failed(request: Request, error: Exception) -> Response:
    """Say that something has gone wrong here."""
    return json_response({"error": "The server failed. Its log says how."}, 500)
