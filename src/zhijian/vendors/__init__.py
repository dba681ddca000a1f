"""Companies that run accounts for a body (代运营): contracts, people, linked domains, and what ends with them."""
