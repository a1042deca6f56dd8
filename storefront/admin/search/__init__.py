"""One field for everything: orders and goods by whatever one knows of them."""
