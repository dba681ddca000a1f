"""Sandbox 沙箱: pretend platforms for development, drills and tests.

A small separate web application with its own state in memory. It behaves as the real platforms are documented to
behave, quirks included, and it can be told to fail. It imports no room, so it cannot share our misunderstandings by
sharing our code; an independent client (wechatpy) is run against it in the tests.
"""
