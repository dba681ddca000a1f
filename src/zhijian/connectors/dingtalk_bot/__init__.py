"""Group bots of DingTalk (钉钉)."""
