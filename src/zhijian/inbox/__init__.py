"""Messages from citizens (留言) and photo reports (随手拍): each a case with a number, a clock and a history.

A case is received from the portal, from a WeChat message or by hand, accepted, assigned, answered after review, and
answered by the channel it came through. What may become public is masked and reviewed once more.
"""
