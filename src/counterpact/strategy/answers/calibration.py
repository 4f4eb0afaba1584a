"""Calibration is a hindcast: freeze what was known, reply to the measure that came, compare with what followed.

The episodes are data (`hindcasts.yml` of a case). For each a small case is built from the episode's channels: flows as
known at the cut-off, supplies no larger than what left then, the effects of the measure as the case states them, no
later fact. The modelled change of a channel is stable reply with the measure less without. Counted are interval
coverage, the sign, and the rank of the changes; misses are shown. An episode whose facts also set an effect of its
measure is marked `in sample`: agreement there is a check of consistency, not evidence.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from counterpact.case import model as m
from counterpact.case.case import Case
from counterpact.case.values import Lever, MeasureStatus
from counterpact.errors import CaseError, Problem, nearest
from counterpact.picture.result import Picture, Samples, World
from counterpact.quantity import Period
from counterpact.strategy.answers.representatives import spread
from counterpact.strategy.answers.stable_replies import StableReplies
from counterpact.strategy.compiling.compile import Compiled, compile_case
from counterpact.strategy.compiling.levers import complete
from counterpact.strategy.discovery.association import ranks
from counterpact.strategy.outcome import Hindcast, HindcastChannel
from counterpact.strategy.solving.reply import Oracle

Array = NDArray[np.float64]

FILE = "hindcasts.yml"
SCENARIOS = 40
SIZE = 0.01
"""A modelled change smaller than this share of today's flow has no sign."""


def hindcasts(case: Case, seed: int = 0) -> list[Hindcast]:
    """All episodes of a case; none if it has no `hindcasts.yml`. Raises `CaseError` for an episode that is wrong."""
    if case.folder is None or not (case.folder / FILE).exists():
        return []
    episodes = read(case, case.folder / FILE)
    return [replay(case, episode, seed) for episode in episodes]


@lru_cache(maxsize=8)
def _load(path: Path, size: int, changed: int) -> Any:
    import yaml

    return yaml.safe_load(path.read_text(encoding="utf-8"))


def read(case: Case, path: Path) -> list[dict[str, Any]]:
    """The episodes as data. Raises `CaseError`: unknown ids, facts later than the cut-off among what was known."""
    stat = path.stat()
    rows = _load(path, stat.st_size, stat.st_mtime_ns) or []
    problems: list[Problem] = []
    for row in rows:
        where = f"{path.name}, episode {row.get('id', '?')}"
        for key in ("id", "title", "cutoff", "measures", "known", "today", "observed"):
            if key not in row:
                problems.append(Problem(where, what=f'"{key}" is missing'))
        channels = [*row.get("today", {}), *(c for o in row.get("observed", ()) for c in o["channels"])]
        facts = [*row.get("known", ()), *(f for o in row.get("observed", ()) for f in o["facts"])]
        for ids, table, what in (
            (channels, case.channels, "channel"),
            (row.get("measures", ()), case.measures, "measure"),
            (facts, case.facts, "fact"),
        ):
            known: Mapping[str, object] = table
            for i in ids:
                if i not in known:
                    problems.append(Problem(where, what=f'{what} "{i}" is not in the case', do=nearest(i, list(known))))
        for i in row.get("known", ()):
            fact = case.facts.get(i)
            if fact is not None and fact.period is not None and fact.period.first > Period(str(row["cutoff"])).first:
                problems.append(Problem(where, what=f"fact {i} is about a time after the cut-off {row['cutoff']}"))
    if problems:
        raise CaseError(problems)
    return list(rows)


def small_case(case: Case, episode: Mapping[str, Any]) -> Case:
    """The case as an episode knows it: its channels, its measures as new levers, one objective: what gets through."""
    channels = {i: case.channels[i] for i in episode["today"]}
    starts = {(c.from_place, c.good) for c in channels.values()}
    ends = [c for c in channels.values() if (c.to_place, c.good) not in starts]
    heads = {(c.to_place, c.good) for c in channels.values()}
    goods = {c.good for c in channels.values()}
    amount = sum(float(episode["today"][c.id][1]) for c in ends)
    objective = m.Objective(id="through", name="What gets through", unit=ends[0].unit, normaliser=max(amount, 1e-9))
    limits = {
        f"{place}.{good}": m.Limit(
            id=f"{place}.{good}", place=place, good=good, role="supply", unit=case.goods[good].unit, low=0, high=0
        )
        for place, good in sorted(starts - heads)
    }
    measures = {
        i: case.measures[i].model_copy(
            update={
                "lever": Lever.NEW,
                "status": MeasureStatus.POSSIBLE,
                "requires": (),
                "excludes": (),
                "level_of": "",
                "who": (),
                "who_needed": 0,
            }
        )
        for i in episode["measures"]
    }
    effects = {
        e.id: e.model_copy(update={"channels": tuple(c for c in e.channels if c in channels)})
        for e in case.effects.values()
        if e.measure in measures and any(c in channels for c in e.channels)
    }
    terms = {c.id: m.ObjectiveTerm(id=c.id, objective="through", channel=c.id) for c in ends}
    tables: dict[str, Mapping[str, m.Row]] = {
        "actors": case.actors,
        "goods": {g: case.goods[g] for g in goods},
        "factors": case.factors,
        "channels": channels,
        "limits": limits,
        "objectives": {"through": objective},
        "objective_terms": terms,
        "measures": measures,
        "effect_families": case.effect_families,
        "effects": effects,
    }
    rows = MappingProxyType({name: MappingProxyType(dict(table)) for name, table in tables.items()})
    return replace(case, rows=rows, folder=None)


def _picture(small: Case, episode: Mapping[str, Any], seed: int, draws: int) -> Picture:
    """Samples of the flows known at the cut-off: independent draws from their intervals, then made to balance."""
    rng = np.random.default_rng([seed, 7])
    ids = tuple(small.channels)
    flows = np.zeros((draws, len(ids)))
    for k, c in enumerate(ids):
        low, high = (float(v) for v in episode["today"][c])
        flows[:, k] = low + (high - low) * rng.random(draws)
    _balance(small, ids, flows)
    samples = Samples(flows, np.zeros(draws, dtype=np.int64), {}, {}, {}, {}, seed, "episode")
    return Picture(small.revision, ids, (World(frozenset(), (), 1.0),), True, (), True, (), {}, {}, {}, samples, (), {})


def _balance(small: Case, ids: tuple[str, ...], flows: Array) -> None:
    """What leaves a place passed through is scaled to what arrives there, from the sources on."""
    channels = [small.channels[i] for i in ids]
    for _ in range(len(ids)):
        for place, good in dict.fromkeys((c.from_place, c.good) for c in channels):
            out = [k for k, c in enumerate(channels) if (c.from_place, c.good) == (place, good)]
            into = [k for k, c in enumerate(channels) if (c.to_place, c.good) == (place, good)]
            if into:
                leaving, coming = flows[:, out].sum(axis=1), flows[:, into].sum(axis=1)
                equal = np.full_like(flows[:, out], 1.0 / len(out))
                share = np.where(leaving[:, None] > 0, flows[:, out] / np.maximum(leaving, 1e-300)[:, None], equal)
                flows[:, out] = share * coming[:, None]


def replay(case: Case, episode: Mapping[str, Any], seed: int = 0) -> Hindcast:
    """One episode."""
    small = small_case(case, episode)
    compiled = compile_case(small, _picture(small, episode, seed, SCENARIOS), scenarios=SCENARIOS, seed=seed)
    names = [n for n in compiled.instance.leader.names if n in episode["measures"]]
    before, after = _flows(compiled, [complete(compiled.levers, on) for on in ([], names)])
    rows = [_compare(compiled, observed, before, after) for observed in episode["observed"]]
    judged = [r for r in rows if r.sign_right is not None]
    right = [r for r in judged if r.sign_right and r.covered is not False]
    verdict = "not tested" if not judged else "hit" if len(right) == len(judged) else "partly" if right else "miss"
    if not any(r.sign_right for r in judged) and judged:
        verdict = "miss"
    sample = "In sample: these facts also set the effect. " if episode.get("in_sample") else ""
    return Hindcast(
        id=episode["id"],
        title=episode["title"],
        cutoff=str(episode["cutoff"]),
        measures=tuple(episode["measures"]),
        facts=tuple(dict.fromkeys([*episode["known"], *(f for o in episode["observed"] for f in o["facts"])])),
        channels=tuple(rows),
        rank_correlation=_rank(rows),
        verdict=verdict,
        note=f"{sample}{episode.get('basis', '')}".strip(),
    )


def _flows(compiled: Compiled, choices: list[Array]) -> list[Array]:
    """(S, channels) stable replies at each z."""
    oracle, stable, flows = Oracle(compiled.instance, threads=1), StableReplies(compiled), []
    for z in choices:
        values = oracle.sweep(z).lower
        found = stable.find(z, np.arange(len(values)), values)
        flows.append(compiled.channel_flows(found.plans[:, 0]))
    return flows


def _compare(compiled: Compiled, observed: Mapping[str, Any], before: Array, after: Array) -> HindcastChannel:
    index = [compiled.channels.index(c) for c in observed["channels"] if c in compiled.channels]
    was, then = before[:, index].sum(axis=1), after[:, index].sum(axis=1)
    opened = was.max() <= 1e-9
    # a channel without flow before is measured against all that got through
    base = before.max(axis=1) if opened else np.maximum(was, 1e-9)
    change = spread((then - was) / base, compiled.drawn.draws.probability, "share")
    given = observed.get("change")
    sign = int(observed.get("sign", 0)) or (int(np.sign(given[0] + given[1])) if given else 0)
    modelled = 0 if abs(change.mean) < SIZE else int(np.sign(change.mean))
    interval = (float(given[0]), float(given[1])) if given else None
    return HindcastChannel(
        channel=" + ".join(observed["channels"]),
        name=" and ".join(compiled.case.channels[c].name for c in observed["channels"]),
        observed=interval,
        observed_sign=sign,
        modelled=change,
        covered=None if interval is None else change.least <= interval[1] and change.most >= interval[0],
        sign_right=None if sign == 0 else modelled == sign,
    )


def _rank(rows: list[HindcastChannel]) -> float | None:
    """Spearman's correlation of observed and modelled changes, three or more; signs stand in for unknown sizes."""
    seen = [sum(r.observed) / 2 if r.observed else float(r.observed_sign) for r in rows]
    if len(rows) < 3 or len(set(seen)) < 2:
        return None
    a, b = ranks(np.array(seen)), ranks(np.array([r.modelled.mean for r in rows]))
    spread_ = float(np.std(a) * np.std(b))
    return float(np.mean((a - a.mean()) * (b - b.mean())) / spread_) if spread_ > 0 else 0.0
