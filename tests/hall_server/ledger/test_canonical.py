"""One spelling per event: what is written can be read, and nothing else can."""

import json
import unicodedata

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hall_server.contract.registry import EVENTS
from hall_server.ledger.canonical import (
    MAX_BODY_BYTES,
    MAX_DEPTH,
    CanonicalValue,
    NotCanonicalError,
    decode,
    encode,
    spell,
)

INT64 = st.integers(-(2**63), 2**63 - 1)
TEXT = st.text(max_size=20)
KEYS = st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=8)
VALUES: st.SearchStrategy[CanonicalValue] = st.recursive(
    st.none() | st.booleans() | INT64 | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=12,
)
# The first example builds tables of all characters, which takes a second on a small machine.
UNHURRIED = settings(suppress_health_check=[HealthCheck.too_slow])
FACTS = st.dictionaries(KEYS, VALUES, max_size=6)


def in_nfc(value: object) -> object:
    """The plain meaning of what encode may change."""
    if isinstance(value, str):
        return unicodedata.normalize("NFC", value)
    if isinstance(value, list):
        return [in_nfc(inner) for inner in value]
    if isinstance(value, dict):
        return {key: in_nfc(inner) for key, inner in value.items()}
    return value


@UNHURRIED
@given(FACTS)
def test_python_s_own_json_reads_and_writes_the_same_bytes(
    facts: dict[str, CanonicalValue],
) -> None:
    body = encode(facts)
    assert json.loads(body) == in_nfc(facts)
    plain = json.dumps(in_nfc(facts), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert body == plain.encode()
    assert b"\n" not in body


@UNHURRIED
@given(FACTS)
def test_what_is_written_is_read_back_and_has_no_second_spelling(
    facts: dict[str, CanonicalValue],
) -> None:
    body = encode(facts)
    assert decode(body) == in_nfc(facts)
    assert encode(decode(body)) == body


@UNHURRIED
@given(FACTS, st.integers(0, 10_000), st.integers(0, 7))
def test_any_flipped_bit_is_other_facts_or_refused(
    facts: dict[str, CanonicalValue], place: int, bit: int
) -> None:
    body = bytearray(encode(facts))
    body[place % len(body)] ^= 1 << bit
    try:
        changed = decode(bytes(body))
    except NotCanonicalError:
        return
    assert changed != in_nfc(facts)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"1",
        b"null",
        b'{"a":1} ',
        b' {"a":1}',
        b'{"a": 1}',
        b'{"b":1,"a":2}',
        b'{"a":1,"a":1}',
        b'{"a":1,"a":2}',
        b'{"a":1.0}',
        b'{"a":1e3}',
        b'{"a":-0}',
        b'{"a":01}',
        b'{"a":9223372036854775808}',
        b'{"a":-9223372036854775809}',
        b'{"a":99999999999999999999999999}',
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":"\\u00e9"}',
        b'{"a":"\\/"}',
        b'{"a":"\\ud800"}',
        b'{"a":"\xff"}',
        b'{"a":"\xed\xa0\x80"}',
        b'{"a":"e\xcc\x81"}',
        b'{"\xc3\xa9":1}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":' + b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1) + b"}",
        b'{"a":' + b"[" * 30_000,
        b'{"a":"' + b"x" * MAX_BODY_BYTES + b'"}',
    ],
    ids=lambda body: repr(body[:24]),
)
def test_other_spellings_are_refused(body: bytes) -> None:
    with pytest.raises(NotCanonicalError):
        decode(body)


@pytest.mark.parametrize(
    "facts",
    [{"a": 1.5}, {"a": 2**63}, {"a": b"x"}, {"a": {1: 2}}, {"é": 1}, {"a\n": 1}, {"a": {"x"}}],
    ids=repr,
)
def test_facts_without_a_spelling_are_refused(facts: dict[str, CanonicalValue]) -> None:
    with pytest.raises(NotCanonicalError):
        encode(facts)


def test_a_lone_surrogate_and_too_much_are_refused() -> None:
    with pytest.raises(NotCanonicalError, match="surrogate"):
        encode({"name": "王\ud800"})
    with pytest.raises(NotCanonicalError, match="at most"):
        encode({"name": "x" * MAX_BODY_BYTES})


def test_text_is_brought_into_one_form() -> None:
    assert encode({"name": "e\u0301\n\u0301"}) == '{"name":"é\\n\u0301"}'.encode()
    assert (
        encode({"b": (1, True, None), "a": "双江𠮷"}) == '{"a":"双江𠮷","b":[1,true,null]}'.encode()
    )


def a_value(kind: msgspec.inspect.Type) -> st.SearchStrategy[object]:
    """Anything an event's field may hold, and more: numbers and texts that do not fit as well."""
    match kind:
        case msgspec.inspect.IntType():
            return st.integers(0, 2**53) | st.sampled_from([2**63 - 1, 2**63, -(2**63), 10**18])
        case msgspec.inspect.StrType():
            return TEXT | st.sampled_from(["e\u0301", '"', "\\", "\x7f", "\n", "1" * 20, "\ud800"])
        case msgspec.inspect.BoolType():
            return st.booleans()
        case msgspec.inspect.EnumType(cls=cls):
            return st.sampled_from(list(cls))
        case msgspec.inspect.ListType(item_type=one):
            return st.lists(a_value(one), max_size=4)
    raise AssertionError(f"`spell` does not know how a {kind} is spelled")


def in_full(event: msgspec.Struct) -> bytes | None:
    try:
        return encode(msgspec.to_builtins(event))
    except NotCanonicalError:
        return None


@pytest.mark.parametrize("name", sorted(EVENTS))
@settings(max_examples=30)
@given(st.data())
def test_an_event_is_spelled_as_its_facts_are(name: str, data: st.DataObject) -> None:
    fields = msgspec.inspect.type_info(EVENTS[name]).fields  # type: ignore[attr-defined]  # a struct's
    values = {one.encode_name: data.draw(a_value(one.type)) for one in fields}
    event = EVENTS[name](**values)  # type: ignore[arg-type]  # as its fields say
    try:
        spelled = spell(event)
    except NotCanonicalError:
        spelled = None
    assert spelled == in_full(event)
