"""Assessment (考核): what a quarter of inspection says, drafted from the data, reviewed and published as a bulletin."""
