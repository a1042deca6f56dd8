import pytest


@pytest.fixture
def plugin_modules(selling_plugins: list[object]) -> list[object]:
    return selling_plugins


@pytest.fixture(autouse=True)
def selling(open_shop: None) -> None:
    """Every test here has a shop that can sell."""
