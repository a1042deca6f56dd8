"""Catalogue files in and out (CAT-9): tried, looked at, imported; written and fetched."""
