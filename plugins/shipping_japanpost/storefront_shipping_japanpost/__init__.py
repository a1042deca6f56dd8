"""Japan Post: every service with its zones, limits and dated price tables, and what may not go where."""

__version__ = "0.1.0"
