"""Themes: folders of templates, static files and tokens that dress the shop. Code of the owner's, trusted like a plugin."""
