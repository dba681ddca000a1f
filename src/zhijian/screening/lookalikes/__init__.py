"""Which official names does a name pretend to be, and by which tricks? Pure: names in, likenesses with reasons out.

A name is folded (width, case, traditional characters, marks and invisible characters go), then spelt by the sound of
its characters, loosely as people confuse them. `Lookalikes` holds every official name in that spelling and walks along
them with the asked name, allowing a look-alike character, an inserted word or two characters changed over.
"""

from zhijian.screening.lookalikes.folding import plain
from zhijian.screening.lookalikes.index import LONGEST_NAME, Lookalikes
from zhijian.screening.lookalikes.tricks import Alike, Reason, Trick

__all__ = ["LONGEST_NAME", "Alike", "Lookalikes", "Reason", "Trick", "plain"]
