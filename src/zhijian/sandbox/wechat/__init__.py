"""The pretend WeChat Official Account platform."""
