"""The shop's own combined lines: a country each, priced by weight step, with rules of their own (SHP-4)."""

__version__ = "0.1.0"
