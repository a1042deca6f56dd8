"""What every test may use. Fixtures that plugin authors need too live in ``storefront.testing.pytest_plugin``."""
