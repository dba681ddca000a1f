"""Pictures judged like texts: what is written on them, their codes, and what their files tell without being asked.

Reading text off a picture takes about a second and 350 MB, so it happens in a process of its own (`machine.py`), which
is ended when it hangs. What could not be looked at is said so: `not_looked` is never an empty finding.
"""

from zhijian.screening.pictures.drawing import draw_boxes
from zhijian.screening.pictures.judging import PictureFinding, judge_picture
from zhijian.screening.pictures.machine import Machine
from zhijian.screening.pictures.metadata import Metadata
from zhijian.screening.pictures.opening import BadPicture
from zhijian.screening.pictures.reading import Code, Line, PictureReading, read_picture, reading_from_data
from zhijian.screening.pictures.stripping import strip_metadata

__all__ = [
    "BadPicture",
    "Code",
    "Line",
    "Machine",
    "Metadata",
    "PictureFinding",
    "PictureReading",
    "draw_boxes",
    "judge_picture",
    "read_picture",
    "reading_from_data",
    "strip_metadata",
]
