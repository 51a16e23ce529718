import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, readdir, readFile, rename, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { DataConverter, Logger } from '@temporalio/common'
import type { WorkflowBundleOption } from '@temporalio/worker'
import { bundleWorkflowCode } from '@temporalio/worker'
import { ENCODES_FAILURES } from '../workflows/failure-converter.ts'
import { FAILURE_CONVERTER } from './data-converter.ts'
import { productVersion, sdkVersion } from './versions.ts'

const WORKFLOWS = fileURLToPath(new URL('../workflows', import.meta.url))
const DOMAIN = fileURLToPath(new URL('../domain', import.meta.url))
/** Built with the package; a checkout builds it at the first start and keeps it until a source changes. */
const PREBUILT = fileURLToPath(new URL('../workflow-bundle.js', import.meta.url))
const CACHE = fileURLToPath(new URL('../node_modules/.cache/matteflow', import.meta.url))

/**
 * The workflow code for workers whose payloads are written and read like this. Converters that run within workflows are part
 * of the bundle, so that converters of one's own take a bundle of their own, which is built at each start; a codec runs
 * outside and takes none. Our own converter of failures is in the bundle, and is told here whether to encode them.
 */
export async function workflowBundle(
  { payloadConverterPath, failureConverterPath }: DataConverter = {},
  logger?: Logger,
): Promise<WorkflowBundleOption> {
  if (payloadConverterPath === undefined && failureConverterPath === undefined)
    return { codePath: await workflowBundlePath(logger) }
  if (payloadConverterPath === undefined && failureConverterPath === FAILURE_CONVERTER) {
    const code = await readFile(await workflowBundlePath(logger), 'utf8')
    // On the first line, so that the source map still fits all others.
    return { code: `globalThis.${ENCODES_FAILURES} = true;${code}` }
  }
  const converters = {
    ...(payloadConverterPath !== undefined && { payloadConverterPath }),
    ...(failureConverterPath !== undefined && { failureConverterPath }),
  }
  return { code: await buildWorkflowBundle(logger, converters) }
}

/** The path of the workflow code as one script, built once for each state of the sources. */
export async function workflowBundlePath(logger?: Logger): Promise<string> {
  if (existsSync(PREBUILT)) return PREBUILT
  const path = join(CACHE, `workflow-bundle-${await sourcesHash()}.js`)
  if (existsSync(path)) return path
  const code = await buildWorkflowBundle(logger)
  await mkdir(CACHE, { recursive: true })
  // Several processes may build at once; each renames a whole file into place.
  const partial = `${path}.${process.pid}`
  await writeFile(partial, code)
  await rename(partial, path)
  return path
}

/** @public for `npm run build`. Bundles the workflow code. Source maps are inlined by the SDK, for stacks that point at our lines. */
export async function buildWorkflowBundle(
  logger?: Logger,
  converters: Pick<DataConverter, 'payloadConverterPath' | 'failureConverterPath'> = {},
): Promise<string> {
  const { code } = await bundleWorkflowCode({
    workflowsPath: workflowFile('index'),
    failureConverterPath: workflowFile('failure-converter'),
    ...converters,
    ...(logger === undefined ? {} : { logger }),
  })
  return code
}

function workflowFile(name: string): string {
  const path = [join(WORKFLOWS, `${name}.ts`), join(WORKFLOWS, `${name}.js`)].find((each) => existsSync(each))
  if (path === undefined) throw new TypeError(`no workflow code in ${WORKFLOWS}`)
  return path
}

async function sourcesHash(): Promise<string> {
  const hash = createHash('sha256').update(`${productVersion()} ${sdkVersion()} ${process.version}`)
  for (const folder of [WORKFLOWS, DOMAIN]) {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true })
    const paths = entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
    for (const path of paths.sort()) hash.update(path).update(await readFile(path))
  }
  return hash.digest('hex').slice(0, 16)
}
