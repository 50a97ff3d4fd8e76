"""Bad cables for the devices' tests: what any kind has to live with, and how its suite is given it.

A suite takes `cable` (tests/drivers/conftest.py) and gives its `wrap` to `open_bench`: all of it is
then run over a good cable and over one that brings everything late and in pieces, which changes
nothing. `bad_cable` damages and breaks; what is asked then is that nobody lies and nobody hangs.
"""

from dataclasses import dataclass, field

from drivers.chaos import Chaos, ChaosTransport
from drivers.transport import Transport

GOOD = Chaos()
IN_PIECES = Chaos(seed=7, split=3, delay_ms=4)
BAD = {
    "loses bytes": Chaos(seed=11, split=16, drop=15),
    "turns bits over": Chaos(seed=13, split=16, flip=15),
    "breaks again and again": Chaos(seed=17, split=5, hang_up_after=150),
    "is cut in one direction": Chaos(seed=19, never_answers=True),
    "is bad in every way": Chaos(23, split=2, delay_ms=15, drop=5, flip=5, hang_up_after=400),
}


@dataclass
class Cable:
    """Give `wrap` to `open_bench`; `mend` makes it good while the devices go on."""

    chaos: Chaos
    _ways: list[ChaosTransport] = field(default_factory=list)

    def wrap(self, way: Transport) -> Transport:
        self._ways.append(ChaosTransport(way, self.chaos))
        return self._ways[-1]

    def mend(self) -> None:
        for way in self._ways:
            way.chaos = GOOD

    @property
    def harm(self) -> int:
        """How often it did harm: a test in which it did none has shown nothing."""
        return sum(way.harm for way in self._ways)

    @property
    def damages(self) -> bool:
        """Whether what arrives may be other than what was sent."""
        return bool(self.chaos.drop or self.chaos.flip)
