"""Manual hand-off 人工发布: a copy-ready package for platforms that let no software publish, and the way back."""
