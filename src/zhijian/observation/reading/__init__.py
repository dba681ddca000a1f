"""Reading what sources give: pure parsers, no database and no network. What cannot be read says why, in Chinese."""
