"""The one review engine: routes as data, stages, gates signed as a checklist, over any (thing, version hash)."""
