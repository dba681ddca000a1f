"""Audio and video judged like texts and pictures: what their frames show, what their files tell, what is said in them.

Frames are read in the same kind of process as pictures (`pictures.machine`), one of their own. What could not be looked
at or heard is said so: no findings are never told as clean.
"""

from zhijian.screening.recordings.judging import RecordingFinding, judge_recording, judge_speech
from zhijian.screening.recordings.listening import Heard, Listener
from zhijian.screening.recordings.opening import HEAD, LARGEST, BadRecording, RecordingKind, recording_kind
from zhijian.screening.recordings.reading import Frame, RecordingReading, read_recording

__all__ = [
    "HEAD",
    "LARGEST",
    "BadRecording",
    "Frame",
    "Heard",
    "Listener",
    "RecordingFinding",
    "RecordingKind",
    "RecordingReading",
    "judge_recording",
    "judge_speech",
    "read_recording",
    "recording_kind",
]
