"""Pages for whoever writes a plugin, in development only (``STOREFRONT_DEBUG=1``)."""
