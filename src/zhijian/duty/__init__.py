"""Who is on duty (值班值守): the roster, who is called when something happens, and how one hands over to the next.

Duty is a matter of who answers the telephone: nobody checks in here, and no log-ins or hours are counted
(《关于防治“指尖上的形式主义”的若干意见》).
"""
