"""Exported to plugin authors: fixtures, factories, fakes per failure mode, contract test classes."""
