"""A courier: one price within Japan, the owner's table by zone and weight abroad."""

__version__ = "0.1.0"
