"""See dataset.yml."""
