import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { deploymentBuildId } from '../../worker/deployment-build.ts'
import { workflowBundlePath } from '../../worker/workflow-bundle.ts'
import * as workflows from '../../workflows/index.ts'
import { MATTEFLOW_WORKFLOWS } from '../../workflows/messages.ts'
import { tempFolder } from '../support/temp-folder.ts'

const SERVED = { own: ['settleRemoval', 'admitRemoval'], submit: ['startVendorJob'] }

describe('the version of a build in its deployment', () => {
  it('is the same wherever and in whatever order it is asked for', async () => {
    const path = join(await tempFolder(), 'bundle.js')
    const code = await readFile(await workflowBundlePath(), 'utf8')
    await writeFile(path, code.replace(/sourceMappingURL=.*/, 'sourceMappingURL=data:elsewhere'))

    const here = await deploymentBuildId(SERVED)

    expect(here).toMatch(/^[0-9a-f]{12}$/)
    expect(
      await deploymentBuildId({ submit: ['startVendorJob'], own: ['admitRemoval', 'settleRemoval'] }),
    ).toBe(here)
    expect(await deploymentBuildId(SERVED, path)).toBe(here)
  })

  it('is another one where the workflow code or the activities of a queue are others', async () => {
    const path = join(await tempFolder(), 'bundle.js')
    await writeFile(path, (await readFile(await workflowBundlePath(), 'utf8')).replace('removal', 'Removal'))

    const here = await deploymentBuildId(SERVED)

    expect(await deploymentBuildId(SERVED, path)).not.toBe(here)
    expect(await deploymentBuildId({ ...SERVED, submit: ['startVendorJob', 'uploadInput'] })).not.toBe(here)
  })
})

describe('the workflow types of matteflow', () => {
  it('are those that its bundle exports', () => {
    expect([...MATTEFLOW_WORKFLOWS].toSorted()).toEqual(Object.keys(workflows).toSorted())
  })
})
