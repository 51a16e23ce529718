import { spawnSync } from 'node:child_process'

/**
 * How a command is started as in a container of its own: it sees other processes and another network, and
 * the same files. Ends with the process that starts it.
 */
export function inNamespaces(command = process.execPath): [string, ...string[]] {
  const root = process.getuid?.() === 0 ? [] : ['--map-root-user']
  const flags = [...root, '--pid', '--net', '--mount-proc', '--fork', '--kill-child']
  const { status, error } = spawnSync('unshare', [...flags, 'true'])
  if (status !== 0) throw new Error(`unshare is needed for this test: ${error?.message ?? `exit ${status}`}`)
  // A new network has its loopback down.
  return ['unshare', ...flags, 'sh', '-c', 'ip link set lo up; exec "$0" "$@"', command]
}
