"""Lists made of their declarations: asked, shown, acted upon, exported."""
