"""Measuring: shops of any size made by seed, their pages beside bare Flask pages, the back office in process.

``python -m tools.bench --help`` (``make bench ARGS="..."``); what is measured and how: docs/performance.md.
"""
