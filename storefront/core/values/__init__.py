"""Frozen types shared by core and plugins: no Flask, no rows, no I/O."""
