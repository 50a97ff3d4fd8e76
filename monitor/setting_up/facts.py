"""What a trial of a stream found, and what that means here, in plain words. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

KEY_EVERY_MS_MOST = 2_500
RATE_SHARE = 0.15
SKEW_MS_MOST = 2_000


class Sentence(Struct, frozen=True):
    """Something that a person is told."""

    zh: str
    en: str


class StreamFacts(Struct, frozen=True, kw_only=True):
    """One stream, measured."""

    codec: str
    width: int
    height: int
    stated_rate: float
    """Pictures a second as the stream says; 0: it does not."""
    rate: float
    """As they came."""
    key_every_ms: int
    """Longest time from one key frame to the next that was seen."""
    is_key_seen_again: bool
    """Whether there was a second one; otherwise the time above is the least it can be."""
    kilobits_per_s: int


def notes(main: StreamFacts, sub: StreamFacts | None, skew_ms: int | None) -> list[Sentence]:
    """What a person should know or set in the camera, in plain words."""
    live = sub or main
    found = [*_of_stream(main)]
    if live.codec == "H.265":
        found.append(
            Sentence(
                "实时画面只有 H.265，浏览器多不能播放，将改为每秒一张图片；"
                "请在摄像机中把子码流设为 H.264",
                "Live is H.265 only, which browsers seldom play: a picture each second is shown "
                "instead; set the camera's sub-stream to H.264",
            )
        )
    if skew_ms is not None and abs(skew_ms) > SKEW_MS_MOST:
        found.append(
            Sentence(
                f"摄像机时钟相差 {skew_ms / 1000:+.0f} 秒，请在摄像机中设置校时（NTP）",
                f"The camera's clock is {skew_ms / 1000:+.0f} s off; let it take the time by NTP",
            )
        )
    return found


def _of_stream(stream: StreamFacts) -> Iterable[Sentence]:
    if stream.key_every_ms > KEY_EVERY_MS_MOST and stream.codec != "JPEG":
        more = "" if stream.is_key_seen_again else "至少 "
        least = "" if stream.is_key_seen_again else "at least "
        seconds = f"{stream.key_every_ms / 1000:.1f}"
        yield Sentence(
            f"关键帧间隔 {more}{seconds} 秒，过长；请在摄像机中设为 1 秒（关闭智能编码）",
            f"A key frame only every {least}{seconds} s; set it to 1 s (smart coding off)",
        )
    off = abs(stream.rate - stream.stated_rate)
    if stream.stated_rate and off > max(1.0, RATE_SHARE * stream.stated_rate):
        yield Sentence(
            f"摄像机自称每秒 {stream.stated_rate:g} 帧，实际 {stream.rate:g} 帧；"
            "录像以到达时间为准",
            f"The camera says {stream.stated_rate:g} pictures a second and sends "
            f"{stream.rate:g}; recordings go by when they come",
        )
