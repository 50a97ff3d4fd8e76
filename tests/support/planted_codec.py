"""A reader with a fault that chance does not find: proves that the fuzzer is led by coverage."""

from collections.abc import Sequence

MAGIC = b"\x68\x81\x4d"


def read(portions: Sequence[bytes]) -> int:
    """How many bytes of the magic it begins with; one stream in sixteen millions raises."""
    data = b"".join(portions)
    for place, wanted in enumerate(MAGIC):
        if len(data) <= place or data[place] != wanted:
            return place
    raise KeyError("planted")
