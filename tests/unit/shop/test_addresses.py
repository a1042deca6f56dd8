"""Addresses that were made once are those Flask would make again."""

from flask import Flask, g, url_for

from storefront.shop.addresses import ShopApp


def shop() -> Flask:
    app = ShopApp("shop")
    app.add_url_rule("/<lang>/products/<slug>", "product", lambda lang, slug: "")

    @app.url_defaults
    def keep_language(endpoint: str, values: dict[str, object]) -> None:
        if "lang" in g:
            values.setdefault("lang", g.lang)

    return app


def test_a_kept_address_depends_on_all_it_is_made_of() -> None:
    app = shop()
    for _ in range(2):  # made, then kept
        with app.test_request_context("/", base_url="https://shop.example"):
            g.lang = "ja"
            assert url_for("product", slug="tea") == "/ja/products/tea"
            assert url_for("product", slug="tea", sku=1) == "/ja/products/tea?sku=1"
            assert url_for("product", slug="tea", sku=True) == "/ja/products/tea?sku=True"
            assert url_for("product", slug="tea", sku=None) == "/ja/products/tea"
            assert url_for("product", slug="tea", sku=["a", "b"]) == "/ja/products/tea?sku=a&sku=b"
            assert url_for("product", slug="tea", _external=True) == "https://shop.example/ja/products/tea"
            g.lang = "en"
            assert url_for("product", slug="tea") == "/en/products/tea"
        with app.test_request_context("/", base_url="https://other.example"):
            g.lang = "ja"
            assert url_for("product", slug="tea", _external=True) == "https://other.example/ja/products/tea"
