"""Catalogues of other shop systems, as they come."""
