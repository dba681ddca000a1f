"""Group bots of WeCom (企业微信)."""
