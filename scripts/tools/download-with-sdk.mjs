// Run as a process of its own: the SDK's native core stays loaded, and its server must be started to be had.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { TestWorkflowEnvironment } from '@temporalio/testing'

const [kind, folder = '.', version = 'default'] = process.argv.slice(2)
const server = {
  executable: { type: /** @type {const} */ ('cached-download'), downloadDir: folder, version },
}
const environment =
  kind === 'dev'
    ? await TestWorkflowEnvironment.createLocal({ server })
    : await TestWorkflowEnvironment.createTimeSkipping({ server })
await environment.teardown()
const [name] = readdirSync(folder).filter((file) => file.startsWith('temporal'))
console.log(join(folder, name ?? ''))
process.exit(0)
