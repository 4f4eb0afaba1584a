"""The HTTP interface of screening, as yente speaks it: match, search, entities, catalog.

https://www.opensanctions.org/docs/yente/ describes the interface; this is our own implementation of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from fastapi import FastAPI, HTTPException, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from counterpact.lines.sanctions.screening import ftm
from counterpact.lines.sanctions.screening.query import make
from counterpact.version import __version__

if TYPE_CHECKING:
    from counterpact.lines.sanctions.screening.screener import Hit, Screener

ALGORITHM = "counterpact-1"
MOST_QUERIES = 10_000
"""Queries of one request."""
MOST_BYTES = 32 << 20
"""Bytes of one request's body."""
MOST_HITS = 500
EVERYTHING = "default"
"""Name of the data set that holds all lists served."""


class Example(BaseModel):
    """One entity to be matched."""

    model_config = ConfigDict(extra="ignore")

    schema_: str = Field(alias="schema", max_length=64)
    properties: dict[str, Any] = Field(default_factory=dict)
    id: str | None = Field(default=None, max_length=512)


class MatchBody(BaseModel):
    """Body of a match: queries by key."""

    model_config = ConfigDict(extra="ignore")

    queries: dict[str, Example] = Field(max_length=MOST_QUERIES)
    weights: dict[str, float] = Field(default_factory=dict)
    config: dict[str, Any] = Field(default_factory=dict)


def build(screener: Screener) -> FastAPI:
    """The application over one index. It keeps nothing of what is asked, in memory or in logs."""
    app = FastAPI(title="Counterpact screening", version=__version__, docs_url=None, redoc_url=None)
    index = screener.index
    lists = {one["dataset"]: one for one in index.about["lists"]}

    @app.middleware("http")
    async def bounded(request: Request, proceed: Any) -> Any:
        try:
            size = int(request.headers.get("content-length") or 0)
        except ValueError:
            return JSONResponse({"detail": "Content-Length is no number"}, 400)
        if size > MOST_BYTES:
            return JSONResponse({"detail": f"the body has more than {MOST_BYTES} bytes; send fewer queries"}, 413)
        if request.method == "POST" and not request.headers.get("content-length"):
            return JSONResponse({"detail": "send the length of the body (Content-Length)"}, 411)
        return await proceed(request)

    def served(dataset: str) -> None:
        if dataset != EVERYTHING and dataset not in lists:
            raise HTTPException(404, f"no such dataset; there are: {', '.join([EVERYTHING, *lists])}")

    def wanted(dataset: str, more: list[str] | None, less: list[str] | None) -> set[str]:
        chosen = {dataset, *(more or [])}
        found = set(lists) if EVERYTHING in chosen else chosen & set(lists)
        return found - set(less or [])

    @app.get("/healthz")
    @app.get("/readyz")
    def ready() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/manifest")
    @app.get("/catalog")
    def catalog() -> dict[str, Any]:
        return {"datasets": [_dataset(one) for one in lists.values()] + [_everything(lists, index.entities)],
                "current": [EVERYTHING], "outdated": [], "index_stale": False}  # fmt: skip

    @app.get("/algorithms")
    def algorithms() -> dict[str, Any]:
        return {"algorithms": [{"name": ALGORITHM, "description": "Parts of names, matched one by one", "docs": {}}],
                "default": ALGORITHM, "best": ALGORITHM}  # fmt: skip

    @app.post("/match/{dataset}")
    def match(
        dataset: str,
        body: MatchBody,
        limit: Annotated[int, Query(ge=1, le=MOST_HITS)] = 5,
        threshold: Annotated[float | None, Query(ge=0, le=1)] = None,
        cutoff: Annotated[float, Query(ge=0, le=1)] = 0.5,
        include_dataset: Annotated[list[str] | None, Query()] = None,
        exclude_dataset: Annotated[list[str] | None, Query()] = None,
        exclude_entity_ids: Annotated[list[str] | None, Query()] = None,
    ) -> dict[str, Any]:
        served(dataset)
        for key, example in body.queries.items():
            if example.schema_ not in ftm.SCHEMATA:
                raise HTTPException(400, f"query {key[:80]!r}: schema {example.schema_!r} cannot be matched; "
                                         f"use one of {', '.join(ftm.SCHEMATA)}")  # fmt: skip
        chosen = screener.threshold if threshold is None else threshold
        where, not_these = wanted(dataset, include_dataset, exclude_dataset), set(exclude_entity_ids or [])
        queries = [ftm.query(example.schema_, example.properties) for example in body.queries.values()]
        most = limit if where == set(lists) and not not_these else MOST_HITS  # what is filtered out must not count
        answers = screener.many(queries, limit=most, threshold=cutoff)
        responses = {}
        for (key, example), answer in zip(body.queries.items(), answers, strict=True):
            hits = [h for h in answer.hits if h.entry.dataset in where and h.entry.id not in not_these][:limit]
            results = [_scored(hit, chosen) for hit in hits]
            responses[key] = {
                "status": 200,
                "results": results,
                "total": {"value": len(results), "relation": "eq"},
                "query": {"id": example.id, "schema": example.schema_, "properties": example.properties},
                "ignored": list(answer.ignored),
            }
        return {"responses": responses, "limit": limit, "matcher": {ALGORITHM: {}}}

    @app.get("/search/{dataset}")
    def search(
        dataset: str,
        q: Annotated[str, Query(max_length=2000)] = "",
        schema: Annotated[str, Query(max_length=64)] = "Thing",
        countries: Annotated[list[str] | None, Query()] = None,
        limit: Annotated[int, Query(ge=0, le=MOST_HITS)] = 10,
        offset: Annotated[int, Query(ge=0, le=9499)] = 0,
        include_dataset: Annotated[list[str] | None, Query()] = None,
        exclude_dataset: Annotated[list[str] | None, Query()] = None,
    ) -> dict[str, Any]:
        served(dataset)
        if schema not in ftm.SCHEMATA:
            raise HTTPException(400, f"schema {schema!r} cannot be searched; use one of {', '.join(ftm.SCHEMATA)}")
        asked = make(q, kind=ftm.SCHEMATA[schema])
        where, lands = wanted(dataset, include_dataset, exclude_dataset), {c.lower() for c in countries or []}
        hits = [
            hit
            for hit in screener.one(asked, limit=MOST_HITS, threshold=0.2).hits
            if hit.entry.dataset in where and (not lands or lands & set(hit.entry.countries))
        ]
        return {
            "results": [ftm.entity(hit.entry) for hit in hits[offset : offset + limit]],
            "facets": {},
            "total": {"value": len(hits), "relation": "eq"},
            "limit": limit,
            "offset": offset,
        }

    @app.get("/entities/{entity_id:path}")
    def entity(entity_id: str) -> dict[str, Any]:
        number = index.positions.get(entity_id)
        if number is None:
            raise HTTPException(404, "no such entity on the lists served")
        return ftm.entity(index.entry(number))

    return app


def _scored(hit: Hit, threshold: float) -> dict[str, Any]:
    explanations: dict[str, dict[str, Any]] = {}
    for number, reason in enumerate(hit.reasons, 1):
        key = reason.about if reason.about not in explanations else f"{reason.about}_{number}"
        explanations[key] = {"score": round(reason.points, 4), "detail": reason.text, "candidate": hit.listed_name}
    score = round(hit.score, 4)
    return ftm.entity(hit.entry) | {
        "score": score, "match": score >= threshold or hit.settled, "same": round(hit.same, 4),
        "explanations": explanations, "features": {key: one["score"] for key, one in explanations.items()},
    }  # fmt: skip


def _dataset(one: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": one["dataset"], "title": one["title"], "version": one["vintage"] or one["digest"][:12],
        "entity_count": one["entities"], "load": True, "index_current": True, "children": [],
        "updated_at": f"{one['vintage']}T00:00:00" if one["vintage"] else None,
    }  # fmt: skip


def _everything(lists: dict[str, Any], entities: int) -> dict[str, Any]:
    return {"name": EVERYTHING, "title": "All lists served", "entity_count": entities, "load": True,
            "index_current": True, "children": list(lists)}  # fmt: skip
