"""The body's own website 本单位网站: feeds of what was published, and a ping to the hubs that carry it on."""
