"""Judging by code where a list of words cannot: one function per kind of fault, named by the rules' data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.screening.detectors import dates, numbers, patterns, people, privacy, punctuation, repeats

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.screening.detectors.hits import Detector

DETECTORS: Mapping[str, Detector] = {
    "pattern": patterns.pattern,
    "impossible_date": dates.impossible_date,
    "impossible_time": dates.impossible_time,
    "wrong_weekday": dates.wrong_weekday,
    "reversed_dates": dates.reversed_dates,
    "percent_sum": numbers.percent_sum,
    "phone_length": numbers.phone_length,
    "unpaired_bracket": punctuation.unpaired_bracket,
    "unpaired_quote": punctuation.unpaired_quote,
    "doubled_character": repeats.doubled_character,
    "doubled_words": repeats.doubled_words,
    "doubled_sentence": repeats.doubled_sentence,
    "resident_id": privacy.resident_id,
    "doubtful_resident_id": privacy.doubtful_resident_id,
    "mobile": privacy.mobile,
    "bank_card": privacy.bank_card,
    "passport": privacy.passport,
    "plate": privacy.plate,
    "home_address": privacy.home_address,
    "leader_name": people.leader_name,
    "leader_title": people.leader_title,
}
