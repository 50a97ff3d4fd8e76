"""``python fuzz_by_coverage.py TARGET SECONDS RUNS FOLDER``: fuzzes a codec, led by coverage.

Its own process, because libFuzzer ends it, and because what is led by coverage has to be imported
under its eyes. It ends after so many seconds or runs (-1: any). FOLDER takes the streams to begin
from, and the input of a failure.
"""

import sys
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["drivers.codec", "planted_codec"]):
    import planted_codec
    from every_codec import TARGETS, CodecTarget, portions_of, try_out

PLANTED = "planted"
LONGEST = 4_096
CUTS = b"\x40\x80\xa0\xf0"


def target_of(name: str) -> CodecTarget:
    if name != PLANTED:
        return TARGETS[name]
    return CodecTarget(planted_codec.read, (b"\x00" * 8,), frozenset(), frozenset())


def main(name: str, seconds: str, runs: str, folder: Path) -> None:
    target = target_of(name)
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    for number, good in enumerate(target.good):
        (corpus / str(number)).write_bytes(CUTS + good)
    options = [
        f"-max_total_time={seconds}",
        f"-runs={runs}",
        f"-max_len={LONGEST}",
        "-timeout=10",
        "-seed=1",
    ]
    options += [f"-artifact_prefix={folder}/", "-print_final_stats=1", str(corpus)]
    atheris.Setup([name, *options], lambda data: try_out(target, *portions_of(data)))
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], sys.argv[3], Path(sys.argv[4]))
