"""Group bots of Feishu (飞书)."""
