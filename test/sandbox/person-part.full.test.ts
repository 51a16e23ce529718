import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'
import { composePerson } from '../../bench/cut-outs/compose-person.ts'
import { useFolder } from './support/clips.ts'

const ROOT = fileURLToPath(new URL('../../', import.meta.url))
const OPTIONAL = ['@litertjs', '@mediapipe']
const run = promisify(execFile)
const folder = useFolder()

it('cuts out by what moves where the packages that know people are missing, and says so', async () => {
  // The sandbox as somebody has it who left out the optional packages.
  await cp(join(ROOT, 'sandbox'), join(folder(), 'sandbox'), { recursive: true })
  await cp(join(ROOT, 'package.json'), join(folder(), 'package.json'))
  await mkdir(join(folder(), 'node_modules'))
  for (const name of await readdir(join(ROOT, 'node_modules'))) {
    if (OPTIONAL.includes(name)) continue
    await symlink(join(ROOT, 'node_modules', name), join(folder(), 'node_modules', name))
  }
  const size = { width: 320, height: 180 }
  await composePerson(join(folder(), 'clip.mp4'), {
    background: 'wall',
    ...size,
    framesPerSecond: 10,
    frames: 10,
  })
  await writeFile(join(folder(), 'process.mjs'), PROCESS)

  const { stdout } = await run(process.execPath, ['process.mjs'], { cwd: folder() })

  const { status, report, log } = JSON.parse(stdout)
  expect(status).toBe('completed')
  expect(report).toMatchObject({ knowsPeople: false, jobs: [{ model: 'human', renderedBy: 'key' }] })
  expect(log[0]).toContain('npm install @litertjs/core @mediapipe/selfie_segmentation')
})

const PROCESS = `
import { readFileSync } from 'node:fs'
import { setTimeout as pause } from 'node:timers/promises'
import { startSandbox } from './sandbox/index.ts'

const log = []
const sandbox = await startSandbox({ modes: { instant: true }, log: (line) => log.push(line) })
const call = async (path, body, type = {}) => {
  const headers = { 'x-api-key': sandbox.keys[0], ...type }
  const answer = await fetch(sandbox.url + path, { headers, ...(body ? { method: 'POST', body } : {}) })
  return answer.json()
}
const form = new FormData()
form.append('file', new Blob([readFileSync('clip.mp4')], { type: 'video/mp4' }), 'clip.mp4')
const { video_url } = await call('/v1/uploads', form)
const wanted = JSON.stringify({ video_url, model: 'human', bg_type: 'transparent' })
const { id } = await call('/v1/jobs', wanted, { 'content-type': 'application/json' })
let status = 'processing'
while (status === 'processing') {
  await pause(50)
  status = (await call('/v1/jobs/' + id)).status
}
console.log(JSON.stringify({ status, report: sandbox.report(), log }))
await sandbox.close()
`
