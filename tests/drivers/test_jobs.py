"""The queue before a printer: bounded, in order, nothing twice, nothing forgotten in silence."""

import threading
import time

from drivers.jobs import JobHandle, PrintQueue
from drivers.orders import DeviceCode, JobState, PrintJob, PrintResult, TextLine


def job(name: str, expires_at_ms: int = 10_000) -> PrintJob:
    return PrintJob(name, (TextLine("A001"),), expires_at_ms)


class Told:
    def __init__(self) -> None:
        self.changes: list[tuple[str, PrintResult]] = []

    def __call__(self, job_id: str, result: PrintResult) -> None:
        self.changes.append((job_id, result))


def test_first_come_first_printed() -> None:
    queue = PrintQueue(Told())
    for name in ("a", "b", "c"):
        queue.put(job(name))
    taken = [queue.take(0) for _ in range(4)]
    assert [task and task.job.job_id for task in taken] == ["a", "b", "c", None]


def test_the_same_job_is_taken_once() -> None:
    queue = PrintQueue(Told())
    first = queue.put(job("a"))
    assert queue.put(job("a")) is first
    assert queue.take(0) is not None
    assert queue.put(job("a")) is first
    assert queue.take(0) is None


def test_a_full_queue_says_so_and_the_job_may_come_again() -> None:
    told = Told()
    queue = PrintQueue(told)
    for number in range(32):
        queue.put(job(f"j{number}"))
    refused = queue.put(job("late"))
    assert refused.wait(0) == PrintResult(JobState.FAILED, DeviceCode.QUEUE_FULL)
    assert told.changes == [("late", refused.result)]
    queue.take(0)
    assert queue.put(job("late")).result.state is JobState.QUEUED


def test_what_waited_too_long_fails_with_the_reason() -> None:
    queue = PrintQueue(Told())
    early, late = queue.put(job("a", 1000)), queue.put(job("b", 2000))
    queue.expire(1000, DeviceCode.OFFLINE)
    assert early.result == PrintResult(JobState.FAILED, DeviceCode.OFFLINE)
    assert late.result.state is JobState.QUEUED


def test_closing_fails_what_waits_and_what_comes_after() -> None:
    queue = PrintQueue(Told())
    waiting = queue.put(job("a"))
    queue.close()
    stopped = PrintResult(JobState.FAILED, DeviceCode.STOPPED)
    assert (waiting.result, queue.put(job("b")).result) == (stopped, stopped)
    assert queue.take(5) is None  # returns at once


def test_news_wakes_the_one_who_waits_for_it_once() -> None:
    queue = PrintQueue(Told())
    threading.Timer(0.05, lambda: queue.put(job("a"))).start()
    started = time.monotonic()
    assert queue.wait_for_news(5)
    assert time.monotonic() - started < 2
    assert not queue.wait_for_news(0)


def test_a_handle_keeps_its_last_word() -> None:
    told = Told()
    handle = JobHandle("a", told)
    assert handle.wait(0).state is JobState.QUEUED
    handle.advance(JobState.SENT)
    assert handle.wait(0).state is JobState.SENT
    handle.finish(PrintResult(JobState.CONFIRMED))
    handle.advance(JobState.SENDING)
    handle.finish(PrintResult(JobState.FAILED, DeviceCode.PAPER_OUT))
    assert handle.wait(0) == PrintResult(JobState.CONFIRMED)
    assert [result.state for _, result in told.changes] == [JobState.SENT, JobState.CONFIRMED]
