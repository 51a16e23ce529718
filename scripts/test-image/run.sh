#!/usr/bin/env bash
# Builds the image and starts docker-compose.yml for real, lets a removal through, and looks at what the file promises.
# With a Docker engine it uses that. Without one, on Debian as root, it makes do with buildah and podman, and images that
# cannot be had there are stood in for by the same programs, built from their sources (ten minutes the first time).
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
workshop=${XDG_CACHE_HOME:-$HOME/.cache}/matteflow/test-image
mkdir -p "$workshop"

say() { echo "== $*" >&2; }

if docker info >/dev/null 2>&1; then
  compose() { docker compose "$@"; }
  docker build --quiet --tag matteflow:0.1.0 "$root" >/dev/null
  size="$(($(docker image inspect --format '{{.Size}}' matteflow:0.1.0) / 1000000)) MB"
else
  say 'no Docker engine answers: buildah and podman instead'
  # shellcheck source=without-docker.sh
  . "$here/without-docker.sh"
fi
[ -z "${size:-}" ] || say "the image takes $size"
# shellcheck source=checks.sh
. "$here/checks.sh"
