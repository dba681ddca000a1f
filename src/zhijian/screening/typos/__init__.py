"""Typing errors of a character for one like it in sound or shape, found by counting what usually stands together.

Confusion sets (`alike`), counts of character runs and words (`tables`, `model`), places worth a look (`proposing`),
what speaks for a change (`weighing`), and a small judge over those figures (`judging`). `scripts/build_typo_model.py`
makes the packaged `model.npy`; what it was made from stands in `NOTICE.txt`. No network, nothing random.
"""

from zhijian.screening.typos.finding import RULE_ID, SURE, THOROUGH, find_typos, merge_typos, without_known

__all__ = ["RULE_ID", "SURE", "THOROUGH", "find_typos", "merge_typos", "without_known"]
