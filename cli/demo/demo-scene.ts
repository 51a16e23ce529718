import { mkdir, readdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Config } from '../../adapters/environment/config.ts'
import { configFrom } from '../../adapters/environment/config.ts'
import { makeDemoClip } from '../../adapters/media/picture/demo-clip.ts'
import { createStorage } from '../../adapters/storage/create-storage.ts'
import type { Storage } from '../../adapters/storage/storage.ts'
import { createRemovals } from '../../client/create-removals.ts'
import type { Removals } from '../../client/removals.ts'
import { makeHome } from '../../local/home/home-paths.ts'
import { homeTaken, isHomeTaken } from '../../local/home/take-home.ts'
import type { Stack } from '../../local/stack/stack.ts'
import { startStack } from '../../local/stack/start-stack.ts'
import { stopStack } from '../../local/stack/stop-stack.ts'
import { connectTemporal } from '../../local/temporal/connect-temporal.ts'
import type { RemoteSandbox } from '../../sandbox/index.ts'
import { connectSandbox } from '../../sandbox/index.ts'
import { openClient } from '../../worker/temporal/open-client.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** Long enough to watch, short enough to wait for. */
export const CLIP_SECONDS = 3
/** Slow enough that there is a middle in which to break something. */
const SANDBOX_SPEED = 5

/** What goes through the pipeline: drawn clips before a screen and before a wall, or twice one of the user's own. */
interface DemoClips {
  first: string
  second: string
}

/** Everything the demo plays with. */
export interface DemoScene {
  home: string
  /** What the demo leaves for people lies. */
  results: string
  clips: DemoClips
  stack: Stack
  storage: Storage
  removals: Removals
  /** Null with a real vendor. */
  sandbox: RemoteSandbox | null
  leave(keep: boolean): Promise<void>
}

/** A fresh stack in a home of its own, and what is to go through it: `clip`, or what is drawn here. */
export async function setScene(
  terminal: Terminal,
  own: Config,
  clip: string | undefined,
): Promise<DemoScene> {
  const home = join(own.home, 'demo')
  const isReal = own.vendor.apiKey !== null
  await makeHome(own.home)
  await stopStack(home)
  // Whoever has its ledger open would lose it.
  if (await isHomeTaken(home)) throw await homeTaken(home)
  await rm(home, { recursive: true, force: true })
  const results = join(home, 'results')
  await mkdir(results, { recursive: true })
  const environment = demoEnvironment(terminal.environment, home, isReal)
  const config = configFrom(environment)
  try {
    const [stack, clips] = await Promise.all([
      startStack({
        config,
        environment,
        vendor: isReal ? 'configured' : 'sandbox',
        sandboxSpeed: SANDBOX_SPEED,
        idle: 'never',
        log: terminal.say,
      }),
      clip === undefined ? drawClips(home) : { first: clip, second: clip },
    ])
    const connection = await connectTemporal({ ...stack.temporal, connection: {} })
    const client = openClient(connection, stack.temporal.namespace, config)
    const storage = createStorage(stack.storageUrl)
    return {
      home,
      results,
      clips,
      stack,
      storage,
      removals: createRemovals({
        client,
        storage,
        vendorBaseUrl: stack.vendor?.baseUrl ?? config.vendor.baseUrl,
      }),
      sandbox: stack.vendor?.isSandbox ? connectSandbox(stack.vendor.baseUrl) : null,
      leave: async (keep) => {
        await connection.close()
        if (!keep) await clear(home, results)
      },
    }
  } catch (error) {
    await stopStack(home)
    throw error
  }
}

async function drawClips(home: string): Promise<DemoClips> {
  const clips = { first: join(home, 'walk.mp4'), second: join(home, 'walk-before-a-wall.mp4') }
  await makeDemoClip(clips.first, 'green', CLIP_SECONDS)
  await makeDemoClip(clips.second, 'busy', CLIP_SECONDS)
  return clips
}

/** Nothing of the user's own set-up but the vendor: everything is embedded, and starts in doubt are resolved in seconds. */
function demoEnvironment(environment: NodeJS.ProcessEnv, home: string, isReal: boolean): NodeJS.ProcessEnv {
  const { DATABASE_URL: _database, STORAGE_URL: _storage, METRICS_PORT: _port, ...rest } = environment
  const impatient = { MATTEFLOW_CALL_TIMEOUT: '5s', MATTEFLOW_SETTLE_MARGIN: '2s' }
  return { ...rest, MATTEFLOW_HOME: home, ...(isReal ? {} : impatient) }
}

async function clear(home: string, results: string): Promise<void> {
  await stopStack(home)
  for (const name of await readdir(home)) {
    const path = join(home, name)
    if (path !== results) await rm(path, { recursive: true, force: true })
  }
}
