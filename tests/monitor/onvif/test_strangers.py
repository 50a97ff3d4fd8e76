"""A camera of somebody else's making, asked by ours."""

import threading
import time
from http.server import ThreadingHTTPServer

import ipycam
import pytest

from monitor.cameras.camera import Address, RecordingRules
from monitor.faults import CameraFault, GapCause
from monitor.onvif.device import Device
from monitor.onvif.discovery import discovered
from monitor.onvif.envelope import Account

RULES = RecordingRules(networks=("127.0.0.1/32",))


def wall_ms() -> int:
    return time.time_ns() // 1_000_000


def test_somebody_elses_camera_is_found_and_understood() -> None:
    class Handler(ipycam.IPCameraHTTPHandler):  # type: ignore[misc]
        pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    port = server.server_address[1]
    config = ipycam.CameraConfig(
        name="Somebody",
        local_ip="127.0.0.1",
        onvif_port=port,
        username="root",
        password="geheim-1",
        main_width=1280,
        main_height=720,
    )

    class Camera:
        onvif = ipycam.ONVIFService(config, None)

    Camera.config = config  # type: ignore[attr-defined]
    Handler.camera = Camera
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    hearing = ipycam.WSDiscoveryServer(Camera.onvif)
    hearing.start()
    try:
        (found,) = discovered(["127.0.0.0/8"], 2.0)
        assert found.name == "Somebody"
        address = Address(found.address)
        told = Device(address, Account("root", "geheim-1"), RULES, wall=wall_ms).told()
        assert told.maker.maker
        assert told.skew_ms is not None
        assert abs(told.skew_ms) < 1_500
        (channel,) = told.channels
        assert (channel.main.profile.width, channel.main.profile.height) == (1280, 720)
        assert channel.main.address.startswith("rtsp://127.0.0.1:")
        assert channel.sub
        assert channel.main.snapshot
        with pytest.raises(CameraFault) as fault:
            Device(address, Account("root", "falsch"), RULES, wall=wall_ms).told()
        assert fault.value.cause is GapCause.REFUSED
    finally:
        hearing.stop()
        server.shutdown()
        server.server_close()
