"""The guarded fetch: every address that a person or a page can type is opened through here, and through nothing else.

Three answers: `Reached`, `Gone`, `NotSeen`. What could not be looked at is never taken for what is not there.
"""

from zhijian.lib.fetching.addresses import Guard, Opening, is_public
from zhijian.lib.fetching.configured import configured_guard, configured_openings
from zhijian.lib.fetching.fetcher import Fetcher, Limits
from zhijian.lib.fetching.outcomes import SENTENCES, Gone, NotSeen, Obstacle, Outcome, Reached
from zhijian.lib.fetching.pacing import HostPace
from zhijian.lib.fetching.robots import Robots, polite

__all__ = [
    "SENTENCES",
    "Fetcher",
    "Gone",
    "Guard",
    "HostPace",
    "Limits",
    "NotSeen",
    "Obstacle",
    "Opening",
    "Outcome",
    "Reached",
    "Robots",
    "configured_guard",
    "configured_openings",
    "is_public",
    "polite",
]
