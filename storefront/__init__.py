"""A lean, multilingual, server-rendered shop for sellers in Japan who ship to the world."""

__version__ = "0.1.0"
