import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const LOG = new URL('../../../worker/telemetry/log.ts', import.meta.url).href
const SCRIPT = `
  import { createLog } from '${LOG}'
  const log = createLog({ level: 'info', format: process.argv[1] })
  log.info({ source: 'a\\u001b[2Jb.mp4' }, 'staged a\\u001b[2J\\u009b2Jb.mp4')
`

describe('a log line about a file whose name holds escapes', () => {
  it.each(['pretty', 'json'])('shows them as text: %s', (format) => {
    const { stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', SCRIPT, format], {
      encoding: 'utf8',
    })

    expect(stderr).toMatch(/staged a\\(x1b|u001b)\[2J/)
    expect(stderr).not.toContain('\u001b')
  })
})
