"""Policy packs: one TOML file per area. A package only so that the files travel with the installation."""
