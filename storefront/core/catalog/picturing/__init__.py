"""Pictures: taken in and kept as they are, prepared for pages, shown, taken away."""
