"""The demonstration county (演示县): a fictitious county that comes with everything in motion and goes as a whole.

Everything is made by the rooms' own actions, with the clock held at the moment it is said to have happened, so that
reviews, guards and the log are real. `load` is whole or it begins anew: the installation is founded in its last act.
"""

from zhijian.cli.demo.loading import load
from zhijian.cli.demo.people import sign_ins
from zhijian.cli.demo.platforms import announce_to_sandbox
from zhijian.cli.demo.removing import NotADemonstration, added_by_people, remove, require_demonstration

__all__ = [
    "NotADemonstration",
    "added_by_people",
    "announce_to_sandbox",
    "load",
    "remove",
    "require_demonstration",
    "sign_ins",
]
