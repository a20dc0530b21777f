"""Two services that do nothing but say that they are there."""
