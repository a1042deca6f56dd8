"""The mail log, and what every mail looks like."""
