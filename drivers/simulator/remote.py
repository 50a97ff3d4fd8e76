"""Orders to simulators that run already, from the command line: the page's buttons for scripts."""

import argparse
import sys
from collections.abc import Iterator
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import msgspec

from drivers.simulator.played import Control, KindWords
from drivers.simulator.player import Order

ORDERS = frozenset({"devices", "fault", "do"})
_AT = "http://127.0.0.1:8084"
_WITHIN_S = 5.0


class _Device(msgspec.Struct, frozen=True):
    name: str
    kind: str
    url: str
    faults: list[str]


class _Stage(msgspec.Struct, frozen=True):
    kinds: list[KindWords]
    devices: list[_Device]


def give(words: list[str]) -> int:
    """Do what was asked and say what came of it; 0 when it was done."""
    given = _parser().parse_args(words)
    try:
        if given.order == "devices":
            stage = msgspec.json.decode(_ask(f"{given.at}/devices.json"), type=_Stage)
            sys.stdout.write("".join(f"{line}\n" for line in _told(stage)))
        else:
            order = Order(
                given.device,
                fault=getattr(given, "fault", ""),
                on=not getattr(given, "off", False),
                after_lines=getattr(given, "after_lines", None),
                action=getattr(given, "action", ""),
                value=getattr(given, "value", ""),
            )
            _ask(f"{given.at}/fault", msgspec.json.encode(order))
    except HTTPError as error:
        sys.stderr.write(f"✗ {error.read().decode(errors='replace')}\n")
        return 2
    except (URLError, TimeoutError) as error:
        sys.stderr.write(f"✗ 模拟器没有应答 the simulators do not answer at {given.at}: {error}\n")
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m drivers.simulator")
    parser.add_argument("--at", default=_AT, help="address of the simulators' page")
    orders = parser.add_subparsers(dest="order", required=True)
    orders.add_parser("devices", help="what is played, with its faults and actions")
    fault = orders.add_parser("fault", help="begin or end a fault")
    fault.add_argument("device")
    fault.add_argument("fault")
    fault.add_argument("--off", action="store_true", help="end it")
    fault.add_argument("--after-lines", type=int, help="begin after so many more lines")
    do = orders.add_parser("do", help="an action, such as load_paper or clear_faults")
    do.add_argument("device")
    do.add_argument("action")
    do.add_argument("value", nargs="?", default="")
    for each in (fault, do, orders.choices["devices"]):
        each.add_argument("--at", default=argparse.SUPPRESS, help=argparse.SUPPRESS)
    return parser


def _ask(url: str, body: bytes | None = None) -> bytes:
    request = Request(url, body, {"Content-Type": "application/json"})  # noqa: S310 — as it was given
    with urlopen(request, timeout=_WITHIN_S) as answer:  # noqa: S310
        told: bytes = answer.read()
    return told


def _told(stage: _Stage) -> Iterator[str]:
    for kind in stage.kinds:
        yield f"{kind.kind}  {kind.zh} {kind.en}"
        yield from _controls("fault", kind.faults())
        yield from _controls("do", kind.actions())
        for device in stage.devices:
            if device.kind == kind.kind:
                yield f"    {device.name}  {device.url}  {', '.join(device.faults)}".rstrip()


def _controls(verb: str, controls: dict[str, Control]) -> Iterator[str]:
    for control in controls.values():
        choices = "|".join(choice.name for choice in control.choices)
        value = f" {choices or ('TEXT' if control.asks_text else '')}".rstrip()
        yield f"  {verb} DEVICE {control.name}{value}  {control.zh} {control.en}"
