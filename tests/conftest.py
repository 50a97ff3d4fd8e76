"""What every test may count on: the `--long` switch, and skips that cannot pass unseen.

A test that lacks something on this machine (a browser, PostgreSQL, a loop of root) skips and says
so. Under HALL_REQUIRE_ALL=1, which the gate sets, such a skip is a failure: there everything must
be present, and a green run means that everything ran.
"""

import os
from collections.abc import Generator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--long",
        action="store_true",
        help="run the long campaigns in full instead of their seeded slices",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Take tests marked `long` out of a short run: left out on purpose is not skipped."""
    if config.getoption("--long"):
        return
    left_out = [item for item in items if item.get_closest_marker("long")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if not item.get_closest_marker("long")]


@pytest.fixture(scope="session")
def campaign_scale(request: pytest.FixtureRequest) -> int:
    """How many times the short slice a campaign runs: 1 in every run, 20 under --long."""
    return 20 if request.config.getoption("--long") else 1


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.skipped and not hasattr(report, "wasxfail"):
        refuse_skip(report)
    return report


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report(
    collector: pytest.Collector,
) -> Generator[None, pytest.CollectReport, pytest.CollectReport]:
    report = yield
    if report.skipped:
        refuse_skip(report)
    return report


def refuse_skip(report: pytest.TestReport | pytest.CollectReport) -> None:
    """Turn a skip into a failure where everything has to be present."""
    if os.environ.get("HALL_REQUIRE_ALL") != "1":
        return
    reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longrepr
    report.outcome = "failed"
    report.longrepr = f"skipped although HALL_REQUIRE_ALL=1: {reason}"
