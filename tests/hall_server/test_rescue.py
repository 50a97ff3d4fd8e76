"""The offline rescue of a forgotten password: at the machine alone, once, and never silently."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from http_of_hall import Front
from running_hall import PASSWORD, ROOT, RunningHall, free_port, request_id

from config.settings import ServerSettings
from hall_server.access import service
from hall_server.contract.refusals import Refusal
from hall_server.contract.registry import ASKS
from hall_server.rescue import RescueError, main, rescue, system_user
from hall_server.sole_writer import InUseError, SoleWriter

ONE_TIME = re.compile(r"one-time password: (\S{4}-\S{4}-\S{4}-\S{4})\n")


def run(data: Path, account: str) -> subprocess.CompletedProcess[str]:
    """As ``./hall`` runs it, at a terminal of its own."""
    return subprocess.run(
        [sys.executable, "-m", "hall_server.rescue", account, "--data", str(data)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


@pytest.fixture
def running(tmp_path: Path) -> Any:
    hall = RunningHall(tmp_path / "hall", free_port()).start()
    yield hall
    hall.stop()


def who(hall: RunningHall, cookie: str) -> int:
    """Whether the cookie is worth something: 200, or 401."""
    return hall.send("account.list", {}, cookie=cookie)[0]


def test_the_only_security_administrator_gets_in_again(running: RunningHall) -> None:
    hall = running
    people = hall.people(["staff-01"])
    assert [who(hall, cookie) for cookie in (people.security, people.administrator)] == [200, 200]
    for _ in range(5):  # the account is locked as well
        sign_in = {"request_id": request_id(), "account": "security", "password": "forgotten-1"}
        hall.send("account.sign_in", sign_in)

    refused = run(hall.data, "security")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert "请先停止它" in refused.stderr
    assert "Stop it first" in refused.stderr
    assert who(hall, people.security) == 200, "a refused rescue changes nothing"

    hall.stop()
    done = run(hall.data, "security")
    assert done.returncode == 0, done.stderr
    found = ONE_TIME.search(done.stdout)
    assert found is not None, done.stdout
    hall.start()
    assert [who(hall, cookie) for cookie in (people.security, people.administrator)] == [401, 200]
    old = {"request_id": request_id(), "account": "security", "password": PASSWORD}
    assert hall.send("account.sign_in", old)[1]["code"] == "wrong_password"
    new = {"request_id": request_id(), "account": "security", "password": found[1]}
    status, answer, cookie = hall.send("account.sign_in", new)
    assert (status, answer["must_change_password"]) == (200, True)
    assert hall.send("account.list", {}, cookie=cookie)[1]["code"] == "must_change_password"
    hall.must("account.password", {"old": found[1], "new": "Again-2026!"}, cookie=cookie)
    assert who(hall, cookie) == 200

    seen = hall.read("events.read", cookie=people.auditor, after=0, limit=500)["events"]
    (event,) = [one for one in seen if one["type"] == "account.rescued"]
    assert (event["account"], event["actor"]) == ("security", f"console:{system_user()}")
    assert f"seq {event['seq']}," in done.stdout
    everything = b"".join(path.read_bytes() for path in hall.data.rglob("*") if path.is_file())
    assert found[1].encode() not in everything, "printed once, kept nowhere"


def test_its_event_is_under_a_signed_checkpoint_at_once(running: RunningHall) -> None:
    hall = running
    hall.people([])
    hall.stop()
    assert run(hall.data, "security").returncode == 0
    witness = "\n".join(path.read_text() for path in (hall.data / "witness").iterdir())
    folder = hall.data / "export"
    export = [sys.executable, "-m", "hall_server.ledger", "export", str(folder)]
    told = subprocess.run(
        [*export, "--data", str(hall.data)], cwd=ROOT, capture_output=True, text=True, check=True
    )
    key = (folder / "key.vkey").read_text().strip()
    checked = subprocess.run(
        [sys.executable, "hall-verify", "export", str(folder), "--key", key],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
    last = int(re.findall(r"seq \d+-(\d+)", told.stdout)[0])
    assert f"\n{last}\n" in witness
    entries = b"".join(path.read_bytes() for path in (folder / "events").iterdir())
    assert b'"account.rescued"' in entries


def test_a_killed_server_does_not_stand_in_the_way(running: RunningHall) -> None:
    running.people([])
    running.stop(signal.SIGKILL)
    assert run(running.data, "admin").returncode == 0


def test_the_same_on_both_databases(hall: Any) -> None:
    front = Front(hall.hall)
    cookies = front.administrators()
    before = len(hall.bodies())

    def job(tx: Any) -> int:
        tx.actor = "console:li"
        return service.rescue(tx, "auditor", "no hash fits")

    hall.hall.database.write(job)
    (event,) = hall.bodies()[before:]
    assert (event["type"], event["account"], event["actor"]) == (
        "account.rescued",
        "auditor",
        "console:li",
    )
    fresh = Front(hall.hall)  # sessions are looked up anew
    fresh.server.hall._askers.clear()
    assert fresh.send("account.list", {}, cookie=cookies["auditor"]).code == "not_signed_in"
    assert fresh.send("account.list", {}, cookie=cookies["security"]).status == 200


def test_it_neither_makes_nor_enables_accounts(make_hall: Any) -> None:
    hall = make_hall()
    front = Front(hall.hall)
    cookies = front.administrators()
    front.must("account.create", cookie=cookies["security"], account="li", roles=["clerk"])
    front.must(
        "account.change", cookie=cookies["security"], account="li", roles=["clerk"], enabled=False
    )
    before = hall.bodies()
    for account, code in (("nobody", "account_unknown"), ("li", "account_disabled")):
        with pytest.raises(Refusal, match=account) as refused:
            hall.hall.database.write(lambda tx, name=account: service.rescue(tx, name, "hash"))
        assert refused.value.code == code
    assert hall.bodies() == before


def test_an_unknown_account_is_told_with_those_there_are(
    make_hall: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    hall = make_hall()
    Front(hall.hall).administrators()
    hall.hall.database.stop()
    assert main(["securty", "--data", str(hall.hall.settings.data)]) == 1
    told = capsys.readouterr()
    assert "没有账号 securty" in told.err
    assert "admin、auditor、security" in told.err
    assert told.out == ""


def test_where_no_hall_has_been_nothing_is_made(tmp_path: Path) -> None:
    with pytest.raises(RescueError, match="没有大厅数据"):
        rescue(ServerSettings(data=tmp_path / "empty"), "security")
    assert list(tmp_path.iterdir()) == []


def test_another_users_data_are_left_alone(make_hall: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    hall = make_hall()
    hall.hall.database.stop()
    monkeypatch.setattr("os.geteuid", lambda: os.getuid() + 1)
    with pytest.raises(RescueError, match="sudo -u"):
        rescue(hall.hall.settings, "admin")


def test_under_sudo_the_person_before_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SUDO_USER", raising=False)
    plain = system_user()
    monkeypatch.setenv("SUDO_USER", "li")
    assert system_user() == f"{plain} (sudo li)"


def test_there_is_no_way_to_it_over_the_network() -> None:
    assert [name for name in ASKS if "rescue" in name] == []


def test_only_one_program_writes_a_sqlite_hall(make_hall: Any, tmp_path: Path) -> None:
    hall = make_hall()
    with pytest.raises(InUseError, match="另一个程序"):
        make_hall(data=hall.hall.settings.data)
    hall.hall.database.stop()
    make_hall(data=hall.hall.settings.data)

    lock = SoleWriter(tmp_path / "hall.lock")
    with pytest.raises(InUseError):
        SoleWriter(tmp_path / "hall.lock")
    lock.release()
    SoleWriter(tmp_path / "hall.lock").release()


def test_a_second_server_on_the_same_data_says_why_it_does_not_start(running: RunningHall) -> None:
    second = subprocess.run(
        [
            *(sys.executable, "-m", "hall_server", "--data", str(running.data)),
            *("--port", str(free_port())),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert second.returncode == 1
    assert "另一个程序正在使用" in second.stderr
    assert running.get("/healthz")[0] == 200
