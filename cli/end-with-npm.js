const LOOKS_EVERY_MS = 500

/**
 * Ends this process, as a SIGTERM does, once the npm that runs it as a script has gone. A signal ends npm and the shell that
 * it has started, and the shell hands it on to nobody: what was to end with them would go on, with the first process of
 * the machine as its parent. Where no npm runs it, nothing is looked at.
 */
export function endWithNpm() {
  if (process.env['npm_lifecycle_event'] === undefined) return
  const parent = process.ppid
  const looking = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(looking)
    process.kill(process.pid, 'SIGTERM')
  }, LOOKS_EVERY_MS)
  looking.unref()
}
