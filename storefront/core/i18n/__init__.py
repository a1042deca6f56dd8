"""Texts, sums and dates in the reader's language: gettext over catalogues loaded at boot, and formats. No Flask."""
