"""Census campaigns (排查): asked once from above, answered once by every body, summed up without typing again."""
