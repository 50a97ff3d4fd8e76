"""Where an administrator states cameras: the page asks this machine, and the hall has let them.

    POST /set-up/known    the cameras without their accounts         (a word to ``probe``)
    POST /set-up/try      a ``Task``; answers come a line each       (a word to ``probe``)
                          for a picture                          (a word for this camera)
    POST /set-up/save     add or change one                          (a word for this camera)
    POST /set-up/remove   take one out                               (a word for this camera)

Every request brings the hall's word (``hall_server/contract/arrangement.py``) as Bearer, and comes
from our own page. What it says, passwords among it, goes into the camera file and nowhere else. A
search or trial runs in a process of its own, one at a time, and is ended when it takes too long.
"""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Generator, Iterator
from http import HTTPStatus
from pathlib import Path

import msgspec
from msgspec import Struct

from config.faults import FaultyFactsError
from config.values import Identifier
from hall_server.contract.admission import AdmissionError
from hall_server.contract.arrangement import Arrangement, arrangement_of
from hall_server.contract.http_door import LinkDown, post
from hall_server.contract.messages.ledger import CheckpointRead, CheckpointView
from hall_server.contract.messages.supervision import CameraAct
from hall_server.contract.refusals import Refusal
from monitor.cameras.camera import Address
from monitor.setting_up.facts import Sentence
from monitor.setting_up.tasks import AskDevice, Failed, Find, TakePicture, Task, TryStreams
from monitor.setting_up.written import CannotWriteError, Statement, WrittenCameras, whole_addresses

BODY_BYTES_MOST = 64 * 1024
ASK_HALL_S = 3.0
TRIAL_S = 45.0
ANSWER_BYTES_MOST = 1 << 20
SET_UP = "/set-up/"

log = logging.getLogger(__name__)


class TryStatement(Struct, frozen=True, kw_only=True, tag="statement", forbid_unknown_fields=True):
    """Try a camera as the page states it; its account may be the one in the file."""

    statement: Statement


class PictureStatement(
    Struct, frozen=True, kw_only=True, tag="picture", forbid_unknown_fields=True
):
    """One still of a camera as the page states it, to draw its zones on."""

    statement: Statement


class Saving(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A camera, and which file the page has seen."""

    version: str
    statement: Statement


class Removing(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which camera goes, and which file the page has seen."""

    version: str
    id: Identifier


class Turned(Exception):  # noqa: N818 - turned away, no error
    """The request is answered with this, and nothing was done."""

    def __init__(self, status: HTTPStatus, zh: str, en: str) -> None:
        """What the person reads."""
        super().__init__(en)
        self.status, self.told = status, Sentence(zh, en)


class SetUpDoor:
    """See the module; any thread may ask."""

    def __init__(self, cameras: Path, hall_url: str, now_ms: Callable[[], int]) -> None:
        """``cameras`` is the file; ``now_ms`` the hall's time, or this machine's."""
        self._path, self._hall_url, self._now_ms = cameras, hall_url, now_ms
        self._written = WrittenCameras(cameras)
        self._writing, self._trying = threading.Lock(), threading.Lock()

    def answer(self, path: str, word: str, body: bytes) -> Iterator[bytes]:
        """What to send, piece by piece; raises ``Turned`` before the first of them."""
        arrangement = self._arrangement(word)
        try:
            match path.removeprefix(SET_UP):
                case "known":
                    return iter([self._known()])
                case "try":
                    return self._tried(arrangement, msgspec.json.decode(body, type=Wish))
                case "save":
                    return iter([self._save(arrangement, msgspec.json.decode(body, type=Saving))])
                case "remove":
                    removing = msgspec.json.decode(body, type=Removing)
                    return iter([self._remove(arrangement, removing)])
        except msgspec.DecodeError as error:
            zh, en = f"填写有误：{error}", f"not as it must be: {error}"
            raise Turned(HTTPStatus.BAD_REQUEST, zh, en) from None
        except CannotWriteError as error:
            raise Turned(HTTPStatus.CONFLICT, error.told.zh, error.told.en) from None
        except FaultyFactsError as error:
            told = f"{error}"
            raise Turned(HTTPStatus.UNPROCESSABLE_ENTITY, told, told) from None
        except OSError as error:
            log.warning("cameras: %s", type(error).__name__)
            zh, en = "摄像机配置无法写入", "the cameras cannot be written"
            raise Turned(HTTPStatus.INSUFFICIENT_STORAGE, zh, en) from None
        raise Turned(HTTPStatus.NOT_FOUND, "没有这个地址", "there is no such place")

    def _arrangement(self, word: str) -> Arrangement:
        """What the hall has let the person do."""
        try:
            told = post(
                self._hall_url, "ledger.checkpoint", CheckpointRead(), CheckpointView, ASK_HALL_S
            )
            return arrangement_of(word, told.verifier_key, self._now_ms())
        except AdmissionError as error:
            log.info("not let: %s", error)
            zh, en = "请重新登录后再试", "sign in again, please"
            raise Turned(HTTPStatus.UNAUTHORIZED, zh, en) from None
        except (LinkDown, Refusal):
            zh, en = "大厅暂时无法连接", "the hall cannot be reached"
            raise Turned(HTTPStatus.BAD_GATEWAY, zh, en) from None

    def _must(self, arrangement: Arrangement, *acts: CameraAct, camera_id: str = "") -> None:
        if arrangement.act not in acts or arrangement.camera_id != camera_id:
            zh, en = "台账中没有这次操作", "this stands in no line of the ledger"
            raise Turned(HTTPStatus.FORBIDDEN, zh, en)

    def _known(self) -> bytes:
        return msgspec.json.encode(self._written.known())

    def _save(self, arrangement: Arrangement, saving: Saving) -> bytes:
        camera_id = saving.statement.id
        with self._writing:
            is_new = self._written.camera(camera_id) is None
            act = CameraAct.ADD if is_new else CameraAct.CHANGE
            self._must(arrangement, act, camera_id=camera_id)
            self._written.save(saving.statement, saving.version)
            return self._known()

    def _remove(self, arrangement: Arrangement, removing: Removing) -> bytes:
        self._must(arrangement, CameraAct.REMOVE, camera_id=removing.id)
        with self._writing:
            self._written.remove(removing.id, removing.version)
            return self._known()

    def _tried(self, arrangement: Arrangement, wish: Wish) -> Iterator[bytes]:
        """The answers of a process of its own, while it has time."""
        if isinstance(wish, PictureStatement):
            self._must(arrangement, CameraAct.PICTURE, camera_id=wish.statement.id)
        else:
            self._must(arrangement, CameraAct.PROBE)
        running = self._run(self._task(wish))
        next(running)
        return running

    def _task(self, wish: Wish) -> Task:
        if isinstance(wish, Find | AskDevice):
            return wish
        statement = wish.statement
        whole = whole_addresses(statement, self._written.camera(statement.id))
        if isinstance(wish, TryStatement):
            return TryStreams(**whole, device=statement.device)
        masks = self._written.masks(statement.id, Address(whole["address"]))
        return TakePicture(address=whole["address"], masks=masks)

    def _run(self, task: Task) -> Generator[bytes]:
        """First nothing, once the place is taken; it is given back when nobody hears any more."""
        if not self._trying.acquire(blocking=False):
            zh, en = "另一次试连正在进行，请稍候", "another trial is going on; wait a moment"
            raise Turned(HTTPStatus.CONFLICT, zh, en)
        try:
            yield b""
            words = [sys.executable, "-m", "monitor.setting_up.trial", str(self._path)]
            pipe = subprocess.PIPE
            with subprocess.Popen(  # noqa: S603 - our own program
                words, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL
            ) as process:
                cut = threading.Timer(TRIAL_S, process.kill)
                cut.start()
                try:
                    yield from _lines(process, msgspec.json.encode(task))
                finally:
                    cut.cancel()
                    process.kill()
        finally:
            self._trying.release()


def _lines(process: subprocess.Popen[bytes], task: bytes) -> Iterator[bytes]:
    assert process.stdin  # noqa: S101 - both are pipes
    assert process.stdout  # noqa: S101
    process.stdin.write(task)
    process.stdin.close()
    for line in process.stdout:
        yield line[:ANSWER_BYTES_MOST]
    if process.wait() != 0:
        zh, en = "试连没有完成（超时或中断）", "the trial was not finished (time was up)"
        yield msgspec.json.encode(Failed(zh, en)) + b"\n"


Wish = Find | AskDevice | TryStatement | PictureStatement
