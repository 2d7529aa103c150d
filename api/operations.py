"""An operation of the service as data.

Routing, rights, parameters, limits and the OpenAPI document all come from its one row, so that none
of them can differ from another.

    OPERATIONS = (
        Operation("GET", "/api/health", health, "服务是否在运行", roles=EVERYBODY, cost="free"),
    )

Rooms under `api.routes` export such tuples; `api.app` mounts them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pydantic import BaseModel
    from starlette.responses import Response

    from api.account import Role
    from api.calls import Call

__all__ = [
    "BODY_BYTES",
    "IMPORT_BYTES",
    "JSON",
    "PHOTO_BYTES",
    "Answer",
    "Cost",
    "Operation",
    "Param",
    "Upload",
]

Cost = Literal["read", "write", "free"]

JSON = "application/json"
BODY_BYTES = 2 * 2**20
IMPORT_BYTES = 200 * 2**20
PHOTO_BYTES = 20 * 2**20


@dataclass(frozen=True)
class Param:
    """A parameter of a path or query.

    Attributes
    ----------
    name
        As written in the URL.
    schema
        JSON Schema of its value (OpenAPI 3.0): type string, integer, number, boolean, or array
        of these separated by commas; enum, minimum, maximum, pattern, format ``date``, minLength,
        maxLength, minItems, maxItems and default are enforced.
    description
        What it means, in Chinese.
    where
        ``query``, ``path`` or ``header`` (headers are only described, endpoints read them).
    required
        Whether it must be given; those of a path always are.
    read
        Makes the value from the text instead of the schema; its InputError is the answer.
    """

    name: str
    schema: Mapping[str, Any]
    description: str = ""
    where: Literal["query", "path", "header"] = "query"
    required: bool = False
    read: Callable[[str], Any] | None = None


@dataclass(frozen=True)
class Answer:
    """One answer that an operation may give.

    Attributes
    ----------
    status
        HTTP status.
    description
        In Chinese.
    content
        Media type -> JSON Schema of the body (None: a file or text); empty for no body.
    headers
        Header -> what it says.
    """

    status: int
    description: str = "成功"
    content: Mapping[str, Mapping[str, Any] | None] = field(default_factory=lambda: {JSON: {}})
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Upload:
    """A multipart body.

    Attributes
    ----------
    fields
        Form field -> JSON Schema; a file is ``{"type": "string", "format": "binary"}``.
    required
        Fields that must be there.
    """

    fields: Mapping[str, Mapping[str, Any]]
    required: tuple[str, ...] = ("file",)


@dataclass(frozen=True)
class Operation:
    """One method on one path.

    Attributes
    ----------
    method
        GET (HEAD comes with it), POST, PUT, PATCH or DELETE; OPTIONS is answered for all.
    path
        Template such as ``/ogc/collections/{collection}/items``.
    endpoint
        Plain function from the call to the response; runs in the thread pool.
    title
        What it does, a few Chinese words.
    roles
        Who may call it; who else is refused before the body is looked at.
    params
        What may stand in the query and path; anything else is refused.
    body
        A pydantic model (JSON), an `Upload` (multipart), media types -> schema (raw bytes for the
        endpoint), or None.
    answers
        What it may answer; the usual refusals are added by the description.
    refusals
        Statuses of problems beyond the usual ones, such as 404 where the path names nothing.
    cost
        How the rate limit counts it.
    body_limit
        Bytes of a body at most.
    layer_right
        ``read`` or ``write``: the path's ``{collection}`` narrows the roles.
    open_query
        Further query parameters are allowed; the endpoint checks them.
    tag
        Chapter of the description.
    name
        Stable ``operationId``; by default the endpoint's name.
    """

    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE"]
    path: str
    endpoint: Callable[[Call], Response]
    title: str
    roles: frozenset[Role]
    params: tuple[Param, ...] = ()
    body: type[BaseModel] | Upload | Mapping[str, Mapping[str, Any]] | None = None
    answers: tuple[Answer, ...] = (Answer(200),)
    refusals: tuple[int, ...] = ()
    cost: Cost = "read"
    body_limit: int = BODY_BYTES
    layer_right: Literal["read", "write"] | None = None
    open_query: bool = False
    tag: str = ""
    name: str = ""

    @property
    def id(self) -> str:
        """Stable name for programs."""
        return self.name or self.endpoint.__name__
