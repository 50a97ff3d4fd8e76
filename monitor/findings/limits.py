"""The figures the finding rules go by, as a site states them in TOML; the defaults stand here.

A rule that speaks of people only observes (试运行) until the site has labelled five days of its own
recordings by hand and names them here: what a rule does on drawn scenes says nothing of a hall.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

from hall_server.contract.messages.supervision import FindingRule

RULE_VERSION = 3
LABELLED_DAYS_LEAST = 5
OF_PEOPLE = frozenset({FindingRule.VACANCY, FindingRule.EMPTY_CALL, FindingRule.STAY})
Seconds = Annotated[int, Meta(ge=1, le=7_200)]
Day = Annotated[str, Meta(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$")]


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long, how many, how full."""

    vacancy_s: Seconds = 300
    """F1: nobody in the seat of an open window."""
    vacancy_waiting_s: Seconds = 180
    """… while somebody waits and nobody is being served."""
    vacancy_serving_s: Seconds = 300
    """… while serving: copying papers is normal."""
    vacancy_unsure_s: Annotated[int, Meta(ge=0, le=7_200)] = 120
    """… longer by this where nobody was seen to go: they may be below the desk."""
    bridge_s: Seconds = 10
    """Somebody seen for a shorter time has passed by; the absence goes on."""
    doubtful_permille: Annotated[int, Meta(ge=0, le=500)] = 200
    """With more looks than this unknown or bridged, an absence is none."""
    pause_s: Seconds = 900
    late_s: Seconds = 600
    idle_s: Seconds = 180
    crowd_permille: Annotated[int, Meta(ge=1, le=1000)] = 500
    crowd_people: Annotated[int, Meta(ge=0, le=1000)] = 0
    """F4 by number instead of area, where the site's own model counts people; 0: by area."""
    crowd_s: Seconds = 120
    crowd_waiting: Annotated[int, Meta(ge=1, le=1000)] = 10
    """F4 needs this many waiting tickets too: neither area nor model is to be relied on alone."""
    empty_call_s: Seconds = 15
    stay_s: Seconds = 120
    labelled_days: list[Day] = []
    """Days of this site whose recordings were labelled by hand and compared."""
    off: list[FindingRule] = []
    """Rules that are not applied here."""

    def is_trial(self, rule: FindingRule) -> bool:
        """Whether the rule only observes."""
        return rule in OF_PEOPLE and len({*self.labelled_days}) < LABELLED_DAYS_LEAST
