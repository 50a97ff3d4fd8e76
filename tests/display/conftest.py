"""The floor of a hall, started once for all tests of a module."""

from collections.abc import Iterator

import pytest
from floor_run import Floor, running_floor


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with running_floor(tmp_path_factory.mktemp("floor")) as floor:
        yield floor
