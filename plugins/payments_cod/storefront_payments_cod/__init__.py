"""Cash on delivery within Japan: goods go, money follows."""

__version__ = "0.1.0"
