import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'

const BIN = fileURLToPath(new URL('../../cli/matteflow.js', import.meta.url))

/** A user id that no entry in passwd names, as `docker run --user` gives; only root can become it. */
const NOBODY = { uid: 54_321, gid: 54_321 }

it
  .runIf(process.getuid?.() === 0)
  .each([['list'], ['stop'], ['status', 'x'], ['usage'], ['worker'], ['doctor']])(
  '%s of a user without any home folder names MATTEFLOW_HOME',
  (...args) => {
    const { status, stderr } = spawnSync(process.execPath, [BIN, ...args], {
      ...NOBODY,
      cwd: '/',
      env: { PATH: process.env['PATH'] ?? '', LOG_FORMAT: 'pretty' },
      encoding: 'utf8',
    })

    expect(stderr).toContain('MATTEFLOW_HOME')
    expect(stderr).not.toContain('may be a bug')
    expect(status).toBe(2)
  },
)
