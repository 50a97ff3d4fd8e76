"""The book of a client: what is missing is noticed, what comes late is given in order, once."""

from stream import Heard, Stream

from hall_server.contract.messages.ledger import HallStarted


def push(since: int, upto: int, *seqs: int) -> Heard:
    return Heard(since, upto, tuple(HallStarted(seq=seq, version="1") for seq in seqs))


def book() -> tuple[Stream, list[int]]:
    given: list[int] = []
    stream = Stream(lambda event: given.append(event.seq), lambda _snapshot: None)
    stream.place = 10
    return stream, given


def test_a_missing_push_is_a_gap_until_it_comes() -> None:
    stream, given = book()
    stream.take(push(12, 14, 13, 14), 1.0)
    assert stream.has_gap
    assert stream.gap_s(3.0) == 2.0
    assert given == []
    stream.take(push(10, 12, 11, 12), 4.0)
    assert (given, stream.place, stream.has_gap) == ([11, 12, 13, 14], 14, False)
    assert (stream.gaps, stream.gap_longest_s) == (1, 3.0)


def test_what_was_heard_before_is_not_given_again() -> None:
    stream, given = book()
    stream.take(push(10, 12, 11, 12), 1.0)
    stream.take(push(9, 13, 10, 11, 12, 13), 1.0)
    assert given == [11, 12, 13]
    assert stream.seqs.tolist() == [11, 12, 13]


def test_a_push_against_its_own_bounds_is_disorder() -> None:
    stream, _ = book()
    stream.take(push(10, 12, 12, 11), 1.0)
    assert stream.disorders
