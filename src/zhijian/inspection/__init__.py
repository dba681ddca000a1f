"""Inspection (巡检): what the accounts showed is judged by the indicators in force, and what fails is put right.

A night's run folds what is new into one standing per account. A verdict names its rule, its evidence and its time;
where nobody could look it says so. A veto becomes a finding, a finding an order with a deadline, an order an answer,
a re-check and an end; what was wrongly found is written off by a second person, with the reason.
"""
