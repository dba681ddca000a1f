"""Judging by code where a list of words cannot: one function per kind of fault, named by the rules' data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from zhijian.screening.detectors import (
    consistency,
    dates,
    divisions,
    festivals,
    links,
    numbers,
    patterns,
    people,
    privacy,
    punctuation,
    repeats,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from zhijian.screening.detectors.hits import Detector

DETECTORS: Mapping[str, Detector] = {
    "pattern": patterns.pattern,
    "impossible_date": dates.impossible_date,
    "impossible_time": dates.impossible_time,
    "wrong_weekday": dates.wrong_weekday,
    "weekday_without_year": dates.weekday_without_year,
    "wrong_festival": festivals.wrong_festival,
    "reversed_dates": dates.reversed_dates,
    "division_mismatch": divisions.division_mismatch,
    "percent_sum": numbers.percent_sum,
    "amount_in_words": numbers.amount_in_words,
    "parts_sum": numbers.parts_sum,
    "skipped_number": consistency.skipped_number,
    "announced_count": consistency.announced_count,
    "missing_attachment": consistency.missing_attachment,
    "title_against_text": consistency.title_against_text,
    "name_against_title": consistency.name_against_title,
    "two_document_numbers": consistency.two_document_numbers,
    "phone_length": numbers.phone_length,
    "unpaired_bracket": punctuation.unpaired_bracket,
    "unpaired_quote": punctuation.unpaired_quote,
    "doubled_character": repeats.doubled_character,
    "doubled_words": repeats.doubled_words,
    "doubled_sentence": repeats.doubled_sentence,
    "resident_id": privacy.resident_id,
    "doubtful_resident_id": privacy.doubtful_resident_id,
    "old_resident_id": privacy.old_resident_id,
    "disability_card": privacy.disability_card,
    "mobile": privacy.mobile,
    "home_phone": privacy.home_phone,
    "bank_card": privacy.bank_card,
    "passport": privacy.passport,
    "travel_permit": privacy.travel_permit,
    "social_security": privacy.social_security,
    "medical_record": privacy.medical_record,
    "personal_email": privacy.personal_email,
    "wechat": privacy.wechat,
    "qq": privacy.qq,
    "plate": privacy.plate,
    "home_address": privacy.home_address,
    "patient": privacy.patient,
    "minor": privacy.minor,
    "aid_list": privacy.aid_list,
    "links": links.links,
    "leader_name": people.leader_name,
    "leader_title": people.leader_title,
    "leader_order": people.leader_order,
}
