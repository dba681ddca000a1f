"""Holiday notices: one TOML file per year. A package only so that the files travel with the installation."""
