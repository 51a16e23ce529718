import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { ROOT } from './support/temp-tree.ts'

const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  version: string
  private: boolean
}

describe('the folder of the repository', () => {
  it.each(['pack', 'publish'])('is refused by npm %s, which is told the right commands', (command) => {
    const { status, stderr } = spawnSync('npm', [command, '--dry-run'], { cwd: ROOT, encoding: 'utf8' })

    expect(status).not.toBe(0)
    expect(stderr).toContain('node scripts/pack.mjs packed\n')
    expect(stderr).toContain(`npm publish ./packed/matteflow-${manifest.version}.tgz\n`)
  })

  it('is private, so that npm refuses to publish it without its scripts as well', () => {
    expect(manifest.private).toBe(true)
  })
})
