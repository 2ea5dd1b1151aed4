#!/bin/bash
# capture.sh OUT: writes the fixture of the running kernel to OUT/<major.minor>_<machine>/ (see README.md). Needs root.
# In a fresh virtual machine the settings are the defaults; elsewhere nobody should be tracing meanwhile. Only an
# instance named `fixture` is made (and removed); no setting is changed. tracefs is mounted for the time if it is not.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
node=$here/../node_modules/.bin/node
folder=$1/$(uname -r | cut -d. -f1,2)_$(uname -m | tr _ -)
mkdir -p "$folder"
tracing=$(awk '{ for (i = 7; i < NF; i++) if ($i == "-" && $(i + 1) == "tracefs") { print $5; exit } }' /proc/self/mountinfo)
if [ -z "$tracing" ]; then
  tracing=$(mktemp -d)
  mount -t tracefs nodev "$tracing"
  trap 'umount "$tracing"; rmdir "$tracing"' EXIT
fi
"$node" "$here/capture.ts" "$tracing" "$folder"
printf 'captured by capture.sh from: %s\n' "$(uname -srvmo)" >"$folder/ORIGIN"
