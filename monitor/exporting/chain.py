"""The stretch of the archive's chain that an export's files hang on, and whether it holds.

    before ─► link ─► link ─► … ─► head            head = what the ledger has as recording.sealed

The links between are other cameras' files: of them are told only camera, times and hash.
"""

from __future__ import annotations

from collections.abc import Iterator

from monitor.exporting.manifest import Chain, Link, Manifest, Part, Sealed
from monitor.recording.archive import linked
from monitor.recording.index.archive_index import ArchiveIndex, Segment


def chain_of(index: ArchiveIndex, parts: list[Part], station: str) -> Chain:
    """From the first of these files to the chain's present head, which is noted for the ledger."""
    places = [part.place for part in parts if part.place]
    place, head = index.head()
    if not places:
        return Chain(before="", links=[], sealed=None)
    first = min(places)
    (before,) = [one.chain for one in index.of_chain(first - 1, first - 1)] or [""]
    links = [_link(segment) for segment in index.of_chain(first, place)]
    return Chain(
        before=before, links=links, sealed=Sealed(place=place, chain=head, station=station)
    )


def _link(one: Segment) -> Link:
    return Link(
        place=one.place or 0, camera=one.camera, t0_ms=one.t0_ms, t1_ms=one.t1_ms, sha256=one.sha256
    )


def faults(manifest: Manifest, chain: Chain) -> Iterator[str]:
    """What of the manifest does not hang on this chain, in both languages."""
    parts = {
        part.place: (clip.camera, part)
        for clip in manifest.clips
        for part in clip.segments
        if part.place
    }
    head = chain.before
    for before, link in zip([None, *chain.links], chain.links, strict=False):
        if before and link.place != before.place + 1:
            yield f"链条在第 {link.place} 环处缺环 the chain lacks a link before {link.place}"
        head = linked(head, link, link.sha256)
        if link.place in parts:
            camera, part = parts.pop(link.place)
            if part.chain != head or not _is_of(link, camera, part):
                yield f"{part.path}: 与链条第 {link.place} 环不符 does not fit its link"
    for place, (_, part) in parts.items():
        yield f"{part.path}: 链条中没有第 {place} 环 the chain has no link {place}"
    if chain.sealed and chain.sealed.chain != head:
        yield "链条末端与封存不符 the chain does not lead to the head that was sealed"
    if chain.sealed != manifest.sealed:
        yield "清单与链条的封存不同 manifest and chain name different seals"


def _is_of(link: Link, camera: str, part: Part) -> bool:
    told = (link.camera, link.t0_ms, link.t1_ms, link.sha256)
    return told == (camera, part.t0_ms, part.t1_ms, part.sha256)
