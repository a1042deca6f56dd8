"""Background work: how it stands, and what was given up."""
