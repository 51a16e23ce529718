import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { productVersion } from '../../worker/versions.ts'
import { tempFolder } from '../support/temp-folder.ts'
import { runCliHere } from './support/run-cli.ts'

const EXAMPLE = join(import.meta.dirname, '../../examples/service')

const init = (...args: string[]) => runCliHere(['init', ...args], { environment: {} })

describe('init', () => {
  it('writes the example into a new folder, under its name and with this version, and says what to type next', async () => {
    const folder = join(await tempFolder(), "dad's shop", 'video-service')

    const { exitCode, stdout } = await init(folder)

    expect(exitCode).toBe(0)
    const manifest = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as object
    expect(manifest).toMatchObject({
      name: 'video-service',
      dependencies: { matteflow: `^${productVersion()}` },
    })
    for (const path of ['src/server.ts', 'src/workflows.ts', 'test/service.test.ts', 'README.md'])
      expect(await readFile(join(folder, path), 'utf8')).toBe(await readFile(join(EXAMPLE, path), 'utf8'))
    expect(await readFile(join(folder, '.gitignore'), 'utf8')).toBe('node_modules/\n')
    expect(stdout).toMatch(/^ {2}cd '.*dad'\\''s shop\/video-service'\n {2}npm install\n {2}npm test$/m)
  })

  it('prints one JSON document of what it wrote', async () => {
    const folder = join(await tempFolder(), 'shop')

    const { stdout } = await init(folder, '--json')

    const said = JSON.parse(stdout) as { files: string[] }
    expect(said).toMatchObject({ folder, matteflow: `^${productVersion()}` })
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    expect(said.files).toHaveLength(entries.filter((entry) => entry.isFile()).length)
    expect(said.files).toContain('src/workflows.ts')
  })

  it('takes a folder in which there is nothing but a repository of git', async () => {
    const folder = await tempFolder()
    await mkdir(join(folder, '.git'))

    expect(await init(folder)).toMatchObject({ exitCode: 0 })
  })

  it('refuses a folder that has files, and leaves them as they are', async () => {
    const folder = await tempFolder()
    await writeFile(join(folder, 'package.json'), '{}')

    const { exitCode, stderr } = await init(folder)

    expect(exitCode).toBe(2)
    expect(stderr).toContain(`${folder} is not empty: it has package.json`)
    expect(stderr).toContain('npx matteflow init video-service')
    expect(await readdir(folder)).toEqual(['package.json'])
    expect(await readFile(join(folder, 'package.json'), 'utf8')).toBe('{}')
  })

  it('refuses what is a file, and says why', async () => {
    const path = join(await tempFolder(), 'notes.txt')
    await writeFile(path, '')
    await chmod(path, 0o400)

    const { exitCode, stdout } = await init(path, '--json')

    expect(exitCode).toBe(2)
    expect(JSON.parse(stdout)).toMatchObject({
      failure: { kind: 'InvalidRequest', message: `init: ${path} cannot be a folder here (EEXIST)` },
    })
  })
})
