"""What a template must not hold: whatever the content security policy would block, or the browser would have to trust."""

import re

FORBIDDEN = {
    "an inline style": r"<style\b|\sstyle\s*=",
    "an inline script": r"<script\b(?![^>]*\bsrc=)(?! type=\"application/ld\+json\">\{\{ json_ld\()|javascript:",
    "an inline handler": r"\son[a-z]+\s*=",
    "a handler of htmx in an attribute": r"\bhx-on\b|\bhx-vals\s*=\s*[\"']js:|\bhx-trigger\s*=\s*[\"'][^\"']*\[",
    "a boosted link": r"\bhx-boost\b",
    "an address of another house": r"\b(?:src|href|action)\s*=\s*[\"'](?:https?:)?//",
}
# What the owner wrote is cleaned when it is written, and htmx leaves it alone.
FENCED = re.compile(r"hx-ignore>\s*\{\{\s*[\w.]+\|safe\s*\}\}")


def faults(source: str) -> list[str]:
    """What is wrong with a template, in words; empty when nothing."""
    bare = re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL)
    found = [what for what, pattern in FORBIDDEN.items() if re.search(pattern, bare, re.IGNORECASE)]
    if re.search(r"\|\s*safe\b|\bMarkup\(|\{%-?\s*autoescape", FENCED.sub("", bare)):
        found.append("text that is not escaped")
    return found
