"""A finding as the hall gets it: an episode with its sentence, figures and pictures. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from hall_server.contract.messages.supervision import (
    Evidence,
    HealthProof,
    Score,
    Still,
    Threshold,
)
from monitor.analysis.seat import Look
from monitor.findings.limits import RULE_VERSION
from monitor.findings.moments import Episode
from monitor.findings.words import sentence

SCORES_MOST = 32
CLIP_MARGIN_MS = 10_000


@dataclass(frozen=True, slots=True)
class Where:
    """Of which camera and window a finding is, and what people call them."""

    camera_id: str
    window_id: str
    camera_name: str
    window_name: str
    utc_offset_minutes: int


def evidence_of(
    episode: Episode,
    where: Where,
    stills: Sequence[Still],
    reference: Still | None,
    *,
    is_trial: bool,
) -> Evidence:
    """Everything a person needs to judge it."""
    said = sentence(episode, where.window_name, where.camera_name, where.utc_offset_minutes)
    return Evidence(
        rule=episode.rule,
        rule_version=RULE_VERSION,
        camera_id=where.camera_id,
        window_id=where.window_id,
        staff_id=episode.staff_id,
        begins_at=episode.begins_at,
        ends_at=episode.ends_at,
        clip_begins_at=episode.begins_at - CLIP_MARGIN_MS,
        clip_ends_at=episode.ends_at + CLIP_MARGIN_MS,
        thresholds=[Threshold(name=name, value=value) for name, value in episode.thresholds],
        declared=list(episode.declared),
        scores=[_score(look) for look in thinned(episode.looks, SCORES_MOST)],
        stills=list(stills),
        reference=[reference] if reference is not None else [],
        health=HealthProof(
            looks=episode.tally.looks,
            unwell=episode.tally.unwell,
            unknown=episode.tally.unknown,
        ),
        zh=said.zh,
        en=said.en,
        trial=is_trial,
    )


def key_of(episode: Episode, where: Where) -> str:
    """The same episode of the same view has the same key, whoever reports it how often."""
    view = hashlib.sha256(f"{where.camera_id}/{where.window_id}".encode()).hexdigest()[:8]
    return f"{episode.rule.value}-{view}-{episode.begins_at}"


def thinned(looks: Sequence[Look], most: int) -> list[Look]:
    """At most so many, evenly, the first and the last among them."""
    if len(looks) <= most:
        return list(looks)
    last = len(looks) - 1
    return [looks[round(place * last / (most - 1))] for place in range(most)]


def _score(look: Look) -> Score:
    return Score(
        at=look.at,
        differs=round(look.differs * 1000),
        moves=round(look.moves * 1000),
        presence=look.presence,
    )
