# Sourced by run.sh: a Docker engine's place is taken by podman, and `compose` is built from docker compose's sources.
[ "$(id -u)" = 0 ] || { say 'this needs root'; exit 1; }

temporal=1.31.2
ui=2.50.1
compose_version=2.40.3

say 'tools from Debian'
packages='buildah podman runc catatonit netavark aardvark-dns iptables mmdebstrap busybox-static'
# shellcheck disable=SC2086
dpkg -s $packages >/dev/null 2>&1 || {
  apt-get update -qq
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $packages >/dev/null
}

# A program of a Go module, pinned by its version: go_program <name> <module> <version> <package>
go_program() {
  local folder=$workshop/go/$1-$3
  [ -x "$folder/$1" ] && return
  say "building $1 $3 with Go"
  mkdir -p "$folder"
  (
    cd "$folder"
    printf 'module x\n\ngo 1.26\n' >go.mod
    go get -tool "$4@v$3" >/dev/null 2>&1 || go get -tool "$4@v$3"
    CGO_ENABLED=0 go build -ldflags '-s -w' -o "$1" "$4"
  )
}
go_program docker-compose github.com/docker/compose/v2 "$compose_version" github.com/docker/compose/v2/cmd
go_program temporal-server go.temporal.io/server "$temporal" go.temporal.io/server/cmd/server
go_program temporal-sql-tool go.temporal.io/server "$temporal" go.temporal.io/server/cmd/tools/sql
go_program ui-server github.com/temporalio/ui-server/v2 "$ui" github.com/temporalio/ui-server/v2/cmd/server
program() { echo "$workshop"/go/"$1"-*/"$1"; }

export CONTAINERS_CONF=$workshop/containers.conf
export CONTAINERS_STORAGE_CONF=$workshop/storage.conf
cat >"$CONTAINERS_CONF" <<CONF
[containers]
default_ulimits = ["nofile=1024:1024", "nproc=4096:4096"]
[engine]
runtime = "runc"
cgroup_manager = "cgroupfs"
events_logger = "file"
[network]
network_backend = "netavark"
CONF
# Without overlays each layer is a copy of all below it: tens of gigabytes.
driver=overlay
mkdir -p "$workshop/overlay"/{lower,upper,work,all}
mount -t overlay -o "lowerdir=$workshop/overlay/lower,upperdir=$workshop/overlay/upper,workdir=$workshop/overlay/work" \
  overlay "$workshop/overlay/all" 2>/dev/null && umount "$workshop/overlay/all" || driver=vfs
cat >"$CONTAINERS_STORAGE_CONF" <<CONF
[storage]
driver = "$driver"
runroot = "$workshop/run"
graphroot = "$workshop/images-$driver"
CONF
[ -f /etc/containers/policy.json ] || {
  mkdir -p /etc/containers
  echo '{"default":[{"type":"insecureAcceptAnything"}]}' >/etc/containers/policy.json
}

# image <name> <tree> [<buildah config flag>…]: a folder, committed as an image
image() {
  local name=$1 tree=$2 container
  shift 2
  container=$(buildah from scratch)
  # As an archive, since a folder that is added belongs to root afterwards.
  tar -C "$tree" -cf "$workshop/tree.tar" .
  buildah add -q "$container" "$workshop/tree.tar" / >/dev/null
  rm "$workshop/tree.tar"
  [ $# = 0 ] || buildah config "$@" "$container"
  buildah commit -q --rm "$container" "$name" >/dev/null
}

tree=$workshop/debian
if [ ! -d "$tree" ]; then
  say 'a Debian of its own'
  rm -rf "$tree.partial"
  mmdebstrap --quiet --variant=minbase --include=ca-certificates,tzdata bookworm "$tree.partial" </dev/null >/dev/null
  # The certificates of this machine, in case that its network wants them.
  cp /etc/ssl/certs/ca-certificates.crt "$tree.partial/usr/local/share/host.crt"
  mv "$tree.partial" "$tree"
fi

if ! buildah inspect docker.io/library/node:24-slim >/dev/null 2>&1; then
  say "node:24-slim, of npm's node and this machine's npm"
  node_tree=$workshop/node
  rm -rf "$node_tree"
  cp -a "$tree" "$node_tree"
  cp -L "$root/node_modules/node/bin/node" "$node_tree/usr/local/bin/node"
  mkdir -p "$node_tree/usr/local/lib/node_modules"
  # Wherever it lies: `npm root -g` goes by whichever node comes first on PATH.
  cp -aL "$(dirname "$(dirname "$(readlink -f "$(command -v npm)")")")" "$node_tree/usr/local/lib/node_modules/npm"
  ln -s ../lib/node_modules/npm/bin/npm-cli.js "$node_tree/usr/local/bin/npm"
  ln -s ../lib/node_modules/npm/bin/npx-cli.js "$node_tree/usr/local/bin/npx"
  chroot "$node_tree" useradd --uid 1000 --user-group --create-home node
  image docker.io/library/node:24-slim "$node_tree" --env NODE_EXTRA_CA_CERTS=/usr/local/share/host.crt --cmd node
  rm -rf "$node_tree"
fi

if ! buildah inspect docker.io/library/postgres:17 >/dev/null 2>&1; then
  say "postgres:17, of Debian's PostgreSQL"
  postgres_tree=$workshop/postgres
  rm -rf "$postgres_tree"
  mmdebstrap --quiet --variant=minbase --include=postgresql bookworm "$postgres_tree" </dev/null >/dev/null
  chroot "$postgres_tree" usermod --non-unique --uid 999 postgres
  install -m 755 "$here/postgres-entrypoint.sh" "$postgres_tree/usr/local/bin/docker-entrypoint.sh"
  ln -s /usr/lib/postgresql/15/bin/pg_isready "$postgres_tree/usr/local/bin/" 2>/dev/null || true
  rm -rf "$postgres_tree/var/lib/postgresql" "$postgres_tree/var/run/postgresql"
  mkdir -p "$postgres_tree/var/lib/postgresql/data" "$postgres_tree/var/run/postgresql"
  chown -R 999:999 "$postgres_tree/var/lib/postgresql" "$postgres_tree/var/run/postgresql"
  image docker.io/library/postgres:17 "$postgres_tree" --entrypoint '["docker-entrypoint.sh"]' --cmd postgres \
    --env PGDATA=/var/lib/postgresql/data --volume /var/lib/postgresql/data
  rm -rf "$postgres_tree"
fi

if ! buildah inspect docker.io/temporalio/server:$temporal >/dev/null 2>&1; then
  say "Temporal's images, of programs built here"
  temporal_tree=$workshop/temporal
  rm -rf "$temporal_tree"
  cp -a "$tree" "$temporal_tree"
  chroot "$temporal_tree" useradd --uid 1000 --user-group --create-home temporal
  cp /bin/busybox "$temporal_tree/usr/local/bin/busybox"
  ln -s busybox "$temporal_tree/usr/local/bin/wget"
  ln -s busybox "$temporal_tree/usr/local/bin/nc"
  mkdir -p "$temporal_tree/etc/temporal"
  cp "$(program temporal-server)" "$temporal_tree/usr/local/bin/"
  install -m 755 "$here/temporal-entrypoint.sh" "$temporal_tree/etc/temporal/entrypoint.sh"
  image docker.io/temporalio/server:$temporal "$temporal_tree" --user temporal --workingdir /etc/temporal \
    --cmd /etc/temporal/entrypoint.sh
  rm "$temporal_tree/usr/local/bin/temporal-server"
  cp "$(program temporal-sql-tool)" "$temporal_tree/usr/local/bin/"
  cp "$(node -e 'import(process.argv[1]).then((tools) => tools.ensureTemporalServer()).then(console.log)' \
    "$root/scripts/tools.mjs")" "$temporal_tree/usr/local/bin/temporal"
  cp -r "$(go env GOMODCACHE)/go.temporal.io/server@v$temporal/schema" "$temporal_tree/etc/temporal/schema"
  chmod -R u+w,a+rX "$temporal_tree/etc/temporal"
  image docker.io/temporalio/admin-tools:$temporal "$temporal_tree" --user temporal
  rm -rf "$temporal_tree"
  ui_tree=$workshop/ui
  rm -rf "$ui_tree"
  cp -a "$tree" "$ui_tree"
  chroot "$ui_tree" useradd --uid 1000 --user-group --create-home temporal
  mkdir -p "$ui_tree/home/ui-server/config"
  cp "$(program ui-server)" "$ui_tree/home/ui-server/"
  cp "$(go env GOMODCACHE)/github.com/temporalio/ui-server/v2@v$ui/config/docker.yaml" "$ui_tree/home/ui-server/config/"
  chmod -R u+w,a+rX "$ui_tree/home/ui-server"
  image docker.io/temporalio/ui:$ui "$ui_tree" --user temporal --workingdir /home/ui-server \
    --entrypoint '["./ui-server", "--env", "docker", "start"]'
  rm -rf "$ui_tree"
fi

say 'the image, by the Dockerfile'
buildah bud --isolation chroot --pull-never --tag docker.io/library/matteflow:0.1.0 "$root" >&2
size=$(buildah images --format '{{.Size}}' docker.io/library/matteflow:0.1.0)

socket=$workshop/podman.sock
podman system service --time 0 "unix://$socket" &
service=$!
export DOCKER_HOST=unix://$socket DOCKER_BUILDKIT=0 COMPOSE_BAKE=false
compose() { "$(program docker-compose)" "$@"; }
# Without systemd nobody runs podman's health checks.
while sleep 3; do
  for container in $(podman ps --quiet); do podman healthcheck run "$container" >/dev/null 2>&1 || true; done
done &
health=$!
end_service() { kill "$health" "$service" 2>/dev/null || true; }
