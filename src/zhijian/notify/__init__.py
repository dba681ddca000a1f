"""Telling staff: a notice for each person inside, and by e-mail or a group's bot outside.

Rooms call `notify.actions.notify` in the transaction of the act they tell of. The rows are the truth: what is to go
out is a `Dispatch`, sent by a worker outside any transaction, once. Outside messages hold a title and a link, no more.
"""
