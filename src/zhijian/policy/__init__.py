"""Local rules as data, and the working-day calendar.

A rule that differs by place is a value in a pack (`packs/*.toml`) with its document, scope, dates and evidence. The
packs of a body are resolved nearest first (`resolution`); every answer can say where it comes from. `workdays` tells
working days from the State Council's notices, `deadlines` counts with them and explains each step, `platforms` is the
table of platforms and kinds of account, `rulebook` reads the rules that have a shape of their own. Pure Python: no
Django, no database, nothing read but the packaged data and the operator's data folders. Other rooms import
`policy.queries`.
"""
