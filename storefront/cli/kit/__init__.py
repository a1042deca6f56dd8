"""For authors of plugins: a project to begin with, its catalogues, and what is checked before it goes out."""
