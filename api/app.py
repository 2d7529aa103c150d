"""The application: every room's operations on one store, behind the guards that all calls pass."""

from __future__ import annotations

import contextlib
from functools import partial
from typing import TYPE_CHECKING

from fastapi import FastAPI
from starlette.exceptions import HTTPException

from api.auth.signin import recognise
from api.guards.stack import guarded
from api.mounting import routes_of
from api.problems import problem, unforeseen
from api.routes import (
    account,
    admin,
    care,
    collections,
    description,
    features,
    health,
    landing,
    restoring,
    transactions,
    whatif,
)
from api.service import Service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.responses import Response

    from api.operations import Operation
    from api.settings import Settings
    from layers.store import Store

__all__ = ["create_app", "operations"]

_ROOMS = (
    health,
    description,
    landing,
    collections,
    features,
    transactions,
    account,
    admin,
    care,
    restoring,
    whatif,
)


def operations() -> tuple[Operation, ...]:
    """Give every operation of the service, room by room."""
    return tuple(one for room in _ROOMS for one in room.OPERATIONS)


def create_app(settings: Settings, store: Store) -> FastAPI:
    """Make the application.

    Parameters
    ----------
    settings
        Of the installation.
    store
        The county's store, open; its opener closes it.

    Returns
    -------
    The ASGI application; `app.state.service` is the worker's `api.service.Service`.
    """
    service = Service(settings, store)
    service.operations = operations()

    @contextlib.asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        service.close()

    # Routing, parameters and documents come from the operations (ADR 0010); what FastAPI would
    # make of signatures is switched off.
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, lifespan=lifespan)
    app.router.redirect_slashes = False
    app.router.routes[:] = routes_of(service.operations, service, partial(recognise, service))
    app.state.service = service
    app.add_middleware(guarded, settings=settings)
    app.add_exception_handler(HTTPException, _unknown_path)
    app.add_exception_handler(Exception, _unforeseen)
    return app


async def _unknown_path(_request: Request, _error: Exception) -> Response:
    return problem(404, "没有这个网址，请核对；接口说明见 /docs。", code="unknown_path")


async def _unforeseen(_request: Request, error: Exception) -> Response:
    return unforeseen(error)
