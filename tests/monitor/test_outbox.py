"""Findings on their way: at least once, in order, across a restart and a hall that is away."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from hall_server.contract.link import LinkDown
from hall_server.contract.messages.supervision import (
    Evidence,
    FindingReport,
    FindingRule,
    HealthProof,
)
from hall_server.contract.refusals import Refusal
from monitor.findings import outbox
from monitor.findings.outbox import Outbox


def evidence(at: int) -> Evidence:
    return Evidence(
        rule=FindingRule.CAMERA,
        rule_version=1,
        camera_id="camera-1",
        begins_at=at,
        ends_at=at + 1,
        clip_begins_at=at,
        clip_ends_at=at,
        thresholds=[],
        declared=[],
        health=HealthProof(looks=0, unwell=0, unknown=0),
        zh="镜头被遮挡",
        en="The lens is covered",
    )


def filled(folder: Path, count: int = 3) -> Outbox:
    box = Outbox(folder)
    for number in range(count):
        box.put(f"camera-{number:04d}", evidence(number))
        os.utime(folder / f"camera-{number:04d}.json", ns=(number, number))
    return box


def test_what_is_answered_is_gone_and_the_rest_waits_for_the_line(tmp_path: Path) -> None:
    filled(tmp_path)
    told: list[FindingReport] = []

    def breaks(report: FindingReport) -> None:
        told.append(report)
        if len(told) == 2:
            raise LinkDown("away", sent=True)

    assert Outbox(tmp_path).deliver(breaks) == 1
    assert Outbox(tmp_path).deliver(told.append) == 2
    keys = [report.key for report in told]
    assert keys == ["camera-0000", "camera-0001", "camera-0001", "camera-0002"]
    assert told[1].request_id == told[2].request_id != told[3].request_id
    assert Outbox(tmp_path).waiting() == []


@pytest.mark.parametrize(("code", "left"), [("busy", 3), ("rule_muted", 0)])
def test_a_refusal_ends_it_and_a_shortage_does_not(tmp_path: Path, code: str, left: int) -> None:
    def refuses(_report: FindingReport) -> None:
        raise Refusal(code, rule="vacancy", camera="camera-1")

    box = filled(tmp_path)
    box.deliver(refuses)
    assert len(box.waiting()) == left


def test_the_outbox_is_bounded_and_the_oldest_goes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "KEPT_MOST", 3)
    box = filled(tmp_path, 5)
    assert [path.stem for path in box.waiting()] == ["camera-0002", "camera-0003", "camera-0004"]
