"""Connectors 平台连接器: one pure, synchronous client per platform, behind one contract.

Nothing here knows Django or a database. A connector takes platform-neutral pieces, renders them for its platform, and
publishes them in small steps; whoever drives it commits the returned state between the steps, so that a killed worker
resumes and nothing is posted twice.
"""
