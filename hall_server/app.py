"""Build a hall: the only file that knows every part and names their doors."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config.load import load_profile
from hall_server import http_door, pages, uploads
from hall_server.access import door as access_door
from hall_server.access import stations as access_stations
from hall_server.access.first_account import FirstAccount
from hall_server.access.forgetting import Forgetting
from hall_server.access.guard import Doors
from hall_server.access.rules import HALL, Asker
from hall_server.clock import Clock, ScaledClock, SystemClock
from hall_server.contract.messages.access import Invitation, Role, StationInvite
from hall_server.contract.messages.ledger import HallStarted, HallStopped
from hall_server.contract.messages.organisation import Snapshot, SnapshotRead
from hall_server.contract.registry import learn_messages
from hall_server.contract.version import VERSION
from hall_server.database import Database, FactsSource, Reading, Transaction
from hall_server.demonstration import simulated
from hall_server.feedback import door as feedback_door
from hall_server.gate import Gate
from hall_server.hall import Hall, Ticker
from hall_server.ledger import door as ledger_door
from hall_server.ledger.checkpoints import Checkpoints
from hall_server.ledger.keys import signer_of
from hall_server.ledger.service import Ledger
from hall_server.migrations.migrate import migrate
from hall_server.organisation import door as organisation_door
from hall_server.organisation import service as organisation
from hall_server.picture import history, picture
from hall_server.push import Pusher
from hall_server.queueing import door as queueing_door
from hall_server.queueing.daily import DayKeeper
from hall_server.queueing.in_use import in_use
from hall_server.queueing.printing import PaperKeeper
from hall_server.socket_door import SocketDoor
from hall_server.stations import door as stations_door
from hall_server.supervision import door as supervision_door

if TYPE_CHECKING:
    from config.settings import ServerSettings
    from hall_server.hints import Hints
    from hall_server.runtime import Runtime


def doors(clock_rate: int) -> Doors:
    """Every part's handlers."""

    def snapshot(reading: Reading, asker: Asker, _read: SnapshotRead) -> Snapshot:
        return picture(reading, asker, clock_rate)

    return Doors(
        asks={
            **access_door.ASKS,
            **organisation_door.asks(in_use),
            **queueing_door.ASKS,
            **stations_door.ASKS,
            **feedback_door.ASKS,
            **supervision_door.ASKS,
            **ledger_door.ASKS,
        },
        prepares=access_door.PREPARES,
        prepared_asks=access_door.PREPARED_ASKS,
        reads={
            "hall.snapshot": snapshot,
            "events.read": history,
            **access_door.READS,
            **organisation_door.READS,
            **queueing_door.READS,
            **stations_door.READS,
            **supervision_door.READS,
            **ledger_door.READS,
        },
    )


def build_hall(settings: ServerSettings, runtime: Runtime, clock: Clock | None = None) -> Hall:
    """Open or make the hall's data and join its parts; the writer runs from here on."""
    os.umask(0o077)
    learn_messages()
    settings.data.mkdir(parents=True, exist_ok=True)
    clock = clock or _clock(settings)
    ledger = Ledger(signer_of(settings.data))
    facts: FactsSource = organisation.FactsCache()
    if settings.simulated_devices_from:
        facts = simulated(facts, settings.host, settings.simulated_devices_from, settings.own_url)
    database = Database(settings.url, clock=clock, recorder=ledger, facts=facts)
    migrate(database.engine)
    if settings.guard_yields:
        database.switches = runtime.count_switches()
    database.start()
    hall = Hall(settings, clock, runtime, database, ledger, doors(clock.rate))
    _checkpoints(hall).compare()
    fill_empty(hall)
    return hall


def fill_empty(hall: Hall) -> None:
    """Facts from the profile, the first administrator, invitations: each only where missing."""
    settings = hall.settings
    facts = load_profile(settings.profile)
    hall.database.write(lambda tx: organisation.fill(tx, facts))
    FirstAccount(hall.database, settings.data).make()
    for pair in settings.invite:
        station_id, _, role = pair.partition(":")
        _invite(hall, station_id, Role(role))


def _invite(hall: Hall, station_id: str, role: Role) -> None:
    """Leave an enrolment code where the launcher's station finds it; enrolled ones keep theirs."""
    path = hall.settings.data / "enrol" / f"{station_id}.code"

    def job(tx: Transaction) -> str:
        tx.actor = HALL.sender
        if access_stations.is_enrolled(tx.connection, station_id):
            return ""
        ask = StationInvite(request_id=f"invite-{station_id}", station_id=station_id, role=role)
        invitation = access_stations.invite(tx, HALL, ask)
        return invitation.code if isinstance(invitation, Invitation) else ""

    code = hall.database.write(job)
    if code:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(code, encoding="utf-8")
    else:
        path.unlink(missing_ok=True)


def _hints(hall: Hall, pusher: Pusher) -> Hints | None:
    """The bus between the processes of one hall; one process alone does not load its library."""
    if not hall.settings.hints_url:
        return None
    from hall_server.hints import Hints  # noqa: PLC0415 - see above

    return Hints(hall.settings.hints_url, hall.ledger.name, pusher.wake)


def _checkpoints(hall: Hall) -> Checkpoints:
    return Checkpoints(hall.database, hall.ledger, hall.settings.witness_folders)


class Server:
    """A hall with its doors open: what ``python -m hall_server`` runs."""

    def __init__(self, hall: Hall) -> None:
        """Mount both doors, the pages and the pusher on one Flask application."""
        self.hall = hall
        self.flask = Flask("hall_server", static_folder=None)
        self.flask.config["MAX_CONTENT_LENGTH"] = http_door.LARGE_BYTES_MAX
        http_door.mount(self.flask, hall)
        uploads.mount(self.flask, hall)
        pages.mount(self.flask, hall.settings.pages, hall.settings.live_url)
        self.sockets = SocketDoor(self.flask, hall)
        hall.on_sessions_ended = self.sockets.expel
        door = http_door.door(self.flask.wsgi_app, hall)
        front = pages.strict(Gate(door, hall.settings.limits_rate), hall.settings.live_url)
        # Before the gate, which must know already who stands behind the proxy.
        if hall.settings.trust_proxy:
            front = ProxyFix(front, x_for=1, x_proto=1, x_host=1)
        self.flask.wsgi_app = front  # type: ignore[method-assign,assignment]  # as Flask's manual does
        self.pusher = Pusher(hall.database, self.sockets)
        hall.database.after_commit = self._recorded
        self.hints = _hints(hall, self.pusher)
        self.checkpoints = _checkpoints(hall)
        self.day_keeper = DayKeeper(hall.database)
        self.ticker = Ticker(
            hall.watch_clock,
            self.day_keeper.tick,
            PaperKeeper(hall.database).tick,
            self.sockets.sweep,
            self.checkpoints.tick,
            hall.presence.tick,
            FirstAccount(hall.database, hall.settings.data).tick,
            Forgetting(hall.database).tick,
            uploads.UnnamedPictures(hall.database, hall.runtime, hall.settings.data).tick,
        )

    def start(self) -> None:
        """Record the start, then push and tick."""
        self.hall.record(HallStarted(version=VERSION))
        self.day_keeper.tick()  # a hall that should be open is open before the first question
        self.pusher.start()
        if self.hints is not None:
            self.hints.start()
        self.ticker.start()

    def _recorded(self, _head: int) -> None:
        self.pusher.wake()
        if self.hints is not None:
            self.hints.give()

    def stop(self) -> None:
        """Record the end; nothing that was acknowledged is lost without it."""
        self.ticker.stop()
        self.hall.record(HallStopped())
        self.checkpoints.sign()
        if self.hints is not None:
            self.hints.stop()
        self.pusher.stop()
        self.hall.database.stop()


def _clock(settings: ServerSettings) -> Clock:
    if settings.clock_start_ms:
        return ScaledClock(settings.clock_start_ms, settings.clock_rate)
    return SystemClock()
