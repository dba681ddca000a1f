"""Personal information: numbers are told by their check digits and the words around them, not by length alone.

One module per kind of thing; every function here is a detector that a rule of `rules/privacy.toml` names.
"""

from zhijian.screening.detectors.privacy.accounts import bank_card, passes_luhn, personal_email, qq, wechat
from zhijian.screening.detectors.privacy.identity import (
    disability_card,
    doubtful_resident_id,
    old_resident_id,
    resident_id,
)
from zhijian.screening.detectors.privacy.lists import aid_list
from zhijian.screening.detectors.privacy.papers import medical_record, passport, social_security, travel_permit
from zhijian.screening.detectors.privacy.people import minor, patient
from zhijian.screening.detectors.privacy.phones import home_phone, mobile
from zhijian.screening.detectors.privacy.places import home_address, plate

__all__ = [
    "aid_list",
    "bank_card",
    "disability_card",
    "doubtful_resident_id",
    "home_address",
    "home_phone",
    "medical_record",
    "minor",
    "mobile",
    "old_resident_id",
    "passes_luhn",
    "passport",
    "patient",
    "personal_email",
    "plate",
    "qq",
    "resident_id",
    "social_security",
    "travel_permit",
    "wechat",
]
