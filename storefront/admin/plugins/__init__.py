"""The plugins: what is installed, switched on, set up."""
