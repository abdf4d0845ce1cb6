"""The endpoint's HTTP: routes, reading bodies no further than they may go, errors in each shape.

Only a worker imports this, as it needs Starlette.
"""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import math
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from cellbook._version import __version__
from cellbook.serving import metrics
from cellbook.serving.about import about, as_page
from cellbook.serving.bodies import Bodies
from cellbook.serving.comparing import report
from cellbook.serving.counting import read_counters
from cellbook.serving.decoding import JSON, decode_invocation, media_type, read_json
from cellbook.serving.desk import Answered, Decode, Desk
from cellbook.serving.door import Door
from cellbook.serving.oip import decode_inference, encode_inference, metadata
from cellbook.serving.once import Once
from cellbook.serving.outcomes import Outcomes
from cellbook.serving.outputs import as_predictions
from cellbook.serving.plans import PlannedArm
from cellbook.serving.refusing import Refused
from cellbook.serving.responses import (
    answer_headers,
    json_response,
    no_route,
    page_response,
    refusal,
    server_failed,
)
from cellbook.serving.settings import Settings

_LARGEST_KEY = 1000
_LOG = logging.getLogger("cellbook.serving")

Handler = Callable[[Request], Awaitable[Response]]


class Endpoint:
    """What each route does.

    Parameters
    ----------
    desk
        Answers.
    settings
        How it is served.
    counted
        The folder in which all workers count.
    """

    def __init__(self, desk: Desk, settings: Settings, counted: Path) -> None:
        self._desk = desk
        self._settings = settings
        self._counted = counted
        self._bodies = Bodies(settings.max_body, settings.max_held)
        self._outcomes = Outcomes(desk, Once(counted / "outcomes"))

    def app(self) -> Any:
        """Return the application."""
        model = "/v2/models/{name}"
        version = model + "/versions/{version}"

        def get(path: str, handler: Handler) -> Route:
            return Route(path, handler, methods=["GET"])

        def post(path: str, handler: Handler) -> Route:
            return Route(path, handler, methods=["POST"])

        routes = [
            post("/invocations", self.invocations),
            get("/", self.about),
            get("/example", self.example),
            post(model + "/infer", self.infer),
            post(version + "/infer", self.infer),
            get("/v2", self.server),
            get("/v2/", self.server),
            get("/v2/health/live", self.live),
            get("/v2/health/ready", self.ready),
            get(model, self.metadata),
            get(version, self.metadata),
            get(model + "/ready", self.model_ready),
            get(version + "/ready", self.model_ready),
            get("/ping", self.ping),
            get("/health", self.ping),
            get("/version", self.version),
            get("/metrics", self.metrics),
            get("/arms", self.arms),
            post("/outcomes", self.outcomes),
        ]
        app = Starlette(
            routes=routes, exception_handlers={HTTPException: no_route, Exception: server_failed}
        )
        app.router.redirect_slashes = False
        return Door(app, self._settings)

    # -- what it is --------------------------------------------------------------------------------

    async def about(self, request: Request) -> Response:
        """Say what is answered here and how it is asked; to a browser as a page."""
        try:
            plan = self._desk.plan
            model = self._desk.model(plan.endpoint)
        except Refused as refused:
            return refusal(refused, "oip")
        url = str(request.base_url).rstrip("/")
        told = about(url, plan, model, token=bool(self._settings.tokens))
        if "text/html" not in request.headers.get("accept", ""):
            return json_response(told, 200, {"vary": "accept"})
        return page_response(as_page(told))

    async def example(self, request: Request) -> Response:
        """Give a request that the model can be asked."""
        try:
            model = self._desk.model(self._desk.plan.endpoint)
            if not model.request:
                raise Refused(404, "The model's bundle has no input example that can be asked.")
        except Refused as refused:
            return refusal(refused, "oip")
        return Response(model.request, 200, media_type=JSON)

    # -- health and metadata -----------------------------------------------------------------------

    async def live(self, request: Request) -> Response:
        """Say that the server is there."""
        return json_response({"live": True})

    async def ready(self, request: Request) -> Response:
        """Say whether it answers."""
        return json_response(
            {"live": True, "ready": self._desk.ready}, 200 if self._desk.ready else 503
        )

    async def ping(self, request: Request) -> Response:
        """Say whether it answers, as mlflow does."""
        return Response("\n" if self._desk.ready else "loading\n", 200 if self._desk.ready else 503)

    async def version(self, request: Request) -> Response:
        """Say which version of Cellbook this is."""
        return Response(__version__)

    async def server(self, request: Request) -> Response:
        """Say what this server is."""
        return json_response({"name": "cellbook", "version": __version__, "extensions": []})

    async def metadata(self, request: Request) -> Response:
        """Say what a model takes and gives."""
        try:
            model = self._desk.model(**request.path_params)
            versions = dict.fromkeys(arm.version for arm in self._desk.plan.answering)
            name = request.path_params["name"]
            told = metadata(name, list(versions), model.platform, model.signature)
        except Refused as refused:
            return refusal(refused, "oip")
        return json_response(told)

    async def model_ready(self, request: Request) -> Response:
        """Say whether a model answers."""
        try:
            self._desk.model(**request.path_params)
        except Refused as refused:
            return refusal(refused, "oip")
        return json_response({"name": request.path_params["name"], "ready": True})

    # -- predictions -------------------------------------------------------------------------------

    async def infer(self, request: Request) -> Response:
        """Predict, in the shape of the Open Inference Protocol."""

        def told(answered: Answered) -> Any:
            name = request.path_params["name"]
            version = answered.arm.version
            return encode_inference(answered.outputs, answered.asked, name, version)

        return await self._predicted(request, "oip", decode_inference, told)

    async def invocations(self, request: Request) -> Response:
        """Predict, in mlflow's shape."""

        def told(answered: Answered) -> Any:
            return {"predictions": as_predictions(answered.outputs)}

        return await self._predicted(request, "mlflow", decode_invocation, told)

    async def _predicted(
        self, request: Request, form: str, decode: Decode, told: Callable[[Answered], Any]
    ) -> Response:
        began = time.perf_counter()
        arm: PlannedArm | None = None
        body = b""
        try:
            kind = media_type(request.headers.get("content-type", ""))
            key = request.headers.get("cellbook-key", "")
            if len(key) > _LARGEST_KEY:
                raise Refused(400, f"A key has at most {_LARGEST_KEY} characters.")
            body = await self._bodies.read(request)
            answered = await self._desk.answer(
                decode, body, kind, began=began, key=key, **request.path_params
            )
            response = json_response(told(answered), 200, answer_headers(answered))
            arm = answered.arm
        except Refused as refused:
            response = refusal(refused, form)
            arm = refused.arm
        except ClientDisconnect:
            response = Response(status_code=499)
        except Exception:
            _LOG.exception("A request failed.")
            failed = Refused(500, "The server failed. Its log says how.")
            response = refusal(failed, form)
        finally:
            self._bodies.release(body)
        self._desk.count(form, response.status_code, arm, began)
        return response

    # -- what it counts ----------------------------------------------------------------------------

    async def metrics(self, request: Request) -> Response:
        """Tell what all workers have counted, for Prometheus."""
        self._desk.gauge()
        text = metrics.exposition(read_counters(self._counted))
        return Response(text, headers={"content-type": metrics.CONTENT_TYPE})

    async def arms(self, request: Request) -> Response:
        """Tell how the arms do, compared."""
        try:
            plan = self._desk.plan
            told = await asyncio.to_thread(lambda: report(plan, read_counters(self._counted)))
        except Refused as refused:
            return refusal(refused, "oip")
        return json_response(_finite(dataclasses.asdict(told)))

    async def outcomes(self, request: Request) -> Response:
        """Take what became of predictions, by what the responses to them said."""
        try:
            if media_type(request.headers.get("content-type", "")) != JSON:
                raise Refused(415, f"Send {JSON}.")
            body = await self._bodies.read(request)
            self._bodies.release(body)
            doc = await asyncio.to_thread(read_json, body)
            counted, repeated = self._outcomes.count(doc.get("outcomes"))
        except Refused as refused:
            return refusal(refused, "oip")
        except ClientDisconnect:
            return Response(status_code=499)
        return json_response({"counted": counted, "repeated": repeated})


def _finite(value: Any) -> Any:
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    return [_finite(item) for item in value] if isinstance(value, (list, tuple)) else value
