"""The cables a simulated device can be served on, by the words of the command line.

    tcp:9100      a port; 0 takes a free one
    udp:4048      likewise
    pty           a serial port with whatever name the system gives it
    pty:/path     the same, and this name leads to it

None of them knows a protocol; what a bad cable does, they do to every device alike.
"""

from drivers.simulator.played import BadOrder, Cable, Playing
from drivers.simulator.pty_cable import PtyCable
from drivers.simulator.tcp_cable import TcpCable
from drivers.simulator.udp_cable import UdpCable


def open_cable(text: str, host: str, playing: Playing) -> Cable:
    form, _, place = text.partition(":")
    if form == "pty":
        return PtyCable(place, playing)
    if form in {"tcp", "udp"} and place.isdecimal() and int(place) <= 65_535:
        kind = TcpCable if form == "tcp" else UdpCable
        return kind(host, int(place), playing)
    raise BadOrder(f"cable: wanted tcp:PORT, udp:PORT, pty or pty:/path, found {text!r}")
