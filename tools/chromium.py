"""The browser of this machine, for tests and measurements."""

import shutil

NAMES = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
)  # fmt: skip


def find_chromium() -> str | None:
    """Its path; ``None`` where there is none."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)
