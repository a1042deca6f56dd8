"""Tells an owner's other systems what happens to orders."""

__version__ = "0.1.0"
