from __future__ import annotations

from datetime import date

import pytest

from zhijian.screening import RuleSet, compile_ruleset, default_rules

DAY = date(2026, 6, 1)


@pytest.fixture(scope="session")
def packaged() -> RuleSet:
    """Every packaged rule in force on one day."""
    return compile_ruleset(default_rules(), on=DAY)
