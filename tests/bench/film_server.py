"""Shows one file over RTSP to whoever asks, from its beginning: by GStreamer's server.

Run by the system's own Python, which has GStreamer's bindings where they are installed:
``/usr/bin/python3 film_server.py film.mp4 port``. Says ``ready``; ends with 3 where they are not.
"""

from __future__ import annotations

import sys


def main(film: str, port: str) -> int:
    """Serve until killed."""
    try:
        import gi

        gi.require_version("Gst", "1.0")
        gi.require_version("GstRtspServer", "1.0")
        from gi.repository import GLib, Gst, GstRtspServer
    except (ImportError, ValueError):
        return 3
    Gst.init(None)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service(port)
    factory = GstRtspServer.RTSPMediaFactory()
    factory.set_launch(
        f"( filesrc location={film} ! qtdemux ! h264parse ! rtph264pay name=pay0 pt=96 )"
    )
    server.get_mount_points().add_factory("/film", factory)
    server.attach(None)
    print("ready", flush=True)
    GLib.MainLoop().run()
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
