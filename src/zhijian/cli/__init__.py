"""The `zhijian` command: starts the whole installation and does the operator's chores.

It owns what stands outside the web application: the embedded PostgreSQL, the data folder, the processes
that make up a running installation, and the sentences an operator reads when a start is impossible.
"""
