"""Every act that touches several areas, one verb a module. Verbs never commit, unless their docstring says that they
run their own units (payment steps do: intention, network, outcome)."""
