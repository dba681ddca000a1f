"""The derived index: in which words a thing may be asked for. Its rows can be thrown away and made again."""
