"""Links judged by how they are written: where they lead, what they hide, whose name they borrow. Nothing is opened."""

from zhijian.screening.links.addresses import Address, links_in, parsed, reads_as_link
from zhijian.screening.links.judging import judge_link
from zhijian.screening.links.policy import LinkPolicy

__all__ = ["Address", "LinkPolicy", "judge_link", "links_in", "parsed", "reads_as_link"]
