# Sourced by run.sh, which gives `compose`: what docker-compose.yml promises, seen on the running stack.
project=$(mktemp -d)
cp "$root/docker-compose.yml" "$root/Dockerfile" "$project/"
cp -r "$root/ops" "$project/ops"
cd "$project"
# Beside a stack that somebody uses.
export COMPOSE_PROJECT_NAME=matteflow-image-test
# A password that a URL would have to escape.
{
  cat "$root/ops/sandbox.env"
  echo "POSTGRES_PASSWORD='a/b#c@d%20'"
} >.env

passed=0
failed=0
check() {
  local what=$1
  shift
  if "$@" >"$project/said" 2>&1; then
    passed=$((passed + 1))
    echo "ok   $what"
  else
    failed=$((failed + 1))
    echo "FAIL $what"
    tail -20 "$project/said" | sed 's/^/     /'
  fi
}
# Tries again for two minutes.
eventually() {
  local deadline=$((SECONDS + 120))
  until "$@"; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 2
  done
}
up() { compose up --detach --wait --wait-timeout 300 "$@"; }
in_worker() { compose exec -T worker "$@"; }
is_refused() { compose exec -T "$1" true && ! compose exec -T "$@"; }
gateway_is_ready() {
  compose exec -T gateway node -e \
    "fetch('http://127.0.0.1:8080/readyz').then(async(a)=>{console.log(await a.text());process.exit(a.ok?0:1)},()=>process.exit(1))"
}
removes() {
  compose cp clip.mp4 worker:/var/lib/matteflow/ &&
    in_worker matteflow remove /var/lib/matteflow/clip.mp4 --new --out "/var/lib/matteflow/$1" &&
    compose cp --index 1 "worker:/var/lib/matteflow/$1" . && [ -s "$1" ]
}
lists_all() { [ "$(compose ps --all --services | sort -u | wc -l)" = 8 ]; }
end() {
  local code=$?
  [ $code = 0 ] || compose logs --tail 30 >&2 || true
  compose down --volumes --timeout 20 >/dev/null 2>&1 || true
  if declare -F end_service >/dev/null; then end_service; fi
  rm -rf "$project"
  echo "$passed passed, $failed failed"
}
trap end EXIT

ffmpeg -v error -f lavfi -i 'color=0x00B140:size=160x120:rate=15:duration=2' \
  -vf 'drawbox=x=40:y=30:w=60:h=60:color=red:t=fill' -pix_fmt yuv420p clip.mp4

check 'docker compose config accepts the file' compose config --quiet
check 'the stack starts and every part of it is healthy' up
check 'ps lists every service' lists_all
check 'a removal goes through the stack' removes first.webm
check 'the worker runs as 1000:1000' in_worker sh -c '[ "$(id -u):$(id -g)" = 1000:1000 ]'
check 'its root is read-only' is_refused worker touch /app/x
check 'it has no capabilities' in_worker grep -q '^CapEff:[[:space:]]*0*$' /proc/self/status
check 'it can gain no privileges' in_worker grep -q '^NoNewPrivs:[[:space:]]*1$' /proc/self/status
check 'it has one native core' in_worker sh -c '[ "$(ls node_modules/@temporalio/core-bridge/releases | wc -l)" = 1 ]'
check 'it has no development packages' is_refused worker ls node_modules/vitest
check 'it has a list of what it is made of' in_worker node -e \
  "const{components:c}=JSON.parse(fs.readFileSync('/app/sbom.cdx.json'));process.exit(c.some(({name})=>name==='fastify')&&!c.some(({name})=>name==='vitest')?0:1)"
check 'it has its workflow bundle, so that none is made at its start' in_worker test -s /app/dist/workflow-bundle.js
check 'its gateway answers, and is ready' gateway_is_ready
check "its gateway's root is read-only as well" is_refused gateway touch /app/x
check 'two workers run at once' up --scale worker=2
check 'a removal goes through with two workers' removes second.webm
check 'the sandbox outlives a restart of the workers' compose restart --timeout 30 worker
check 'and they are healthy again' eventually in_worker matteflow health
check 'and a removal goes through' removes third.webm
compose stop --timeout 10 temporal >/dev/null 2>&1 || true
check 'a dead Temporal is noticed' is_refused worker matteflow health
compose start temporal >/dev/null 2>&1 || true
check 'and its return' eventually in_worker matteflow health
check 'down works as the header says' compose down --timeout 40
[ "$failed" = 0 ]
