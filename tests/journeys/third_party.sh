#!/usr/bin/env bash
# A stranger writes a carrier outside the repository, and a shop that keeps selling takes it up:
# scaffold, tests, an edit, tests, check, wheel; install, reload, enable, sell, disable, enable. No network.
# What author and owner type are the lines of docs/tutorial-carrier.md, taken from there.
# Usage: third_party.sh PYTHON FOLDER   (PYTHON: of an environment that has the shop and its test dependencies)
set -euo pipefail

python=$1
work=$2
begun=$SECONDS
say() { printf '%3d s  %s\n' "$((SECONDS - begun))" "$*"; }

# An environment of its own that sees what the tests' one has, so that nothing is downloaded.
layer() {
  "$python" -m venv --without-pip "$work/$1"
  local site
  site=$("$work/$1/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  "$python" -c 'import sysconfig; print("import site; site.addsitedir(%r)" % sysconfig.get_path("purelib"))' >"$site/layer.pth"
}
mkdir -p "$work"
layer author
layer shop
author() { PYTHONPATH='' "$work/author/bin/python" "$@"; }
shop() { PYTHONPATH='' "$work/shop/bin/python" "$@"; }
export PIP_NO_DEPS=1 PIP_NO_INDEX=1 PIP_QUIET=1 PIP_DISABLE_PIP_VERSION_CHECK=1
export PIP_NO_BUILD_ISOLATION=0 # of all words this is the one that switches it off

# The lines of one block of the tutorial, run as typed by whoever is $side.
tutorial_file=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/docs/tutorial-carrier.md
side=author
python() { "$side" "$@"; }
storefront() { "$side" -m storefront.cli.main "$@"; }
tutorial() {
  local lines
  lines=$(sed -n "/^\`\`\`sh $1\$/,/^\`\`\`\$/p" "$tutorial_file" | sed '1d;$d')
  [ -n "$lines" ] || { echo "docs/tutorial-carrier.md has no block $1"; exit 1; }
  eval "$lines"
}

# --- the shop, running in two web processes -------------------------------------------------------------------------------

unset DATABASE_URL REDIS_URL MAIL_URL PUBLIC_URL SECRET_KEY SAFE_MODE PROFILE || true
export DATA_DIR="$work/data" WEB_CONCURRENCY=2 PROFILE=mart
PORT=$(shop -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
export PORT
cd "$work"
# Not by the function above: the process itself is to be ended, not a shell around it.
PYTHONPATH='' "$work/shop/bin/python" -m storefront.cli.main run >"$work/shop.log" 2>&1 &
running=$!
hammer=
finish() {
  code=$?
  [ -z "$hammer" ] || kill "$hammer" 2>/dev/null || true
  kill "$running" 2>/dev/null || true
  wait "$running" 2>/dev/null || true
  [ "$code" -eq 0 ] || { echo "--- the shop's last words"; grep -v storefront.request "$work/shop.log" | tail -n 40; }
  exit "$code"
}
trap finish EXIT

# --- the author -----------------------------------------------------------------------------------------------------------

tutorial scaffold >"$work/tests.log" 2>&1 || { cat "$work/tests.log"; exit 1; }
cd "$work/storefront-blue-post"
say "scaffolded, and its tests are green: $(tail -n 1 "$work/tests.log")"
tutorial edit
tutorial check | tee "$work/check.log"
test "$(grep -c '^All is well' "$work/check.log")" -eq 2
say "edited, checked, and built: $(ls dist)"

# --- the owner ------------------------------------------------------------------------------------------------------------

side=shop
cd "$work"
shop - <<'PYTHON'
import os, time, urllib.request
until = time.monotonic() + 60
while True:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{os.environ['PORT']}/healthz", timeout=5).close()
        break
    except OSError:
        assert time.monotonic() < until, "the shop did not start"
        time.sleep(0.1)
PYTHON
web_processes() { shop - <<'PYTHON'
import os
from pathlib import Path
def environ(entry):
    try:
        return (entry / "environ").read_bytes().split(b"\0"), (entry / "cmdline").read_bytes().split(b"\0")
    except OSError:
        return [], []
mark = f"DATA_DIR={os.environ['DATA_DIR']}".encode()
found = [e for e in Path("/proc").glob("[0-9]*") for env, line in [environ(e)] if mark in env and b"web" in line]
parents = {int((e / "stat").read_text().rsplit(")", 1)[1].split()[1]) for e in found}
print(len([e for e in found if int(e.name) not in parents]))
PYTHON
}
test "$(web_processes)" -eq 2
say "the shop sells in two web processes"

# Somebody shops all the time; every answer must be a page.
PYTHONPATH='' "$work/shop/bin/python" - <<'PYTHON' &
import os, signal, sys, threading
from storefront.testing.plain_shopper import PlainShopper
stop, answers, lost = threading.Event(), [], []
signal.signal(signal.SIGTERM, lambda *_: stop.set())
def shopping():
    shopper = PlainShopper(int(os.environ["PORT"]))
    while not stop.is_set():
        for path in ("/products/", "/cart"):
            try:
                status = shopper.get(path).status
                answers.append(status)
                if status != 200:
                    lost.append(status)
            except OSError as error:
                lost.append(repr(error))
            stop.wait(0.02)
threads = [threading.Thread(target=shopping) for _ in range(2)]
[thread.start() for thread in threads]
[thread.join() for thread in threads]
print(f"        {len(answers)} requests meanwhile, lost: {lost}", flush=True)
sys.exit(bool(lost) or not answers)
PYTHON
hammer=$!

tutorial install
say "installed, reloading, enabled"

export STATE="$work/state"
shopper() { shop - "$@" <<'PYTHON'
import os, sys, time
from storefront.testing.plain_shopper import PlainShopper
port, what = int(os.environ["PORT"]), sys.argv[1]
mark = 'data-key="blue_post:standard"'
shopper = PlainShopper(port)
page = shopper.reach_delivery(f"{what}@example.com").text
def shown(): return mark in shopper.get("/checkout/delivery").text
if what == "appears":  # the old processes answer until the new ones do
    until = time.monotonic() + 60
    while not all(shown() for _ in range(12)):
        assert time.monotonic() < until, "the web processes did not take the carrier up"
elif what == "there":
    assert all(shown() for _ in range(24)), "not in every process"
elif what == "gone":
    assert not any(shown() for _ in range(24)), "still offered by a process"
elif what == "buys":
    print(PlainShopper(port).buy_by_transfer("buyer@example.com", "blue_post:standard"))
PYTHON
}
shopper appears
say "every web process offers it"
number=$(shopper buys)
say "order $number goes by it"
test "$(web_processes)" -eq 2
tutorial settings
tutorial disable
shopper gone
tutorial enable
shopper there
say "disabled and enabled live, without a restart"

kill "$hammer"
wait "$hammer"
hammer=
storefront audit
storefront orders show "$number" | grep -q "$number"
say "from nothing to a working, tested, enabled carrier"
