"""The catalogue as a CSV file: the shop's own form, and those of other systems."""
