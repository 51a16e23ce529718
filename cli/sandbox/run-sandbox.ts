import { ensureFfmpeg } from '#tools'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/index.ts'
import { startSandbox } from '../../sandbox/index.ts'
import { readNumber, readPort } from '../terminal/read-number.ts'
import { stopSignalsOfChild, untilAborted } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface SandboxFlags {
  port: string
  speed: string
  key?: string[]
  data?: string
}

export async function runSandbox(terminal: Terminal, flags: SandboxFlags): Promise<number> {
  const port = readPort(flags.port)
  const speed = readNumber('--speed', flags.speed, { least: 0.001 })
  const stopping = stopSignalsOfChild()
  const { ffmpeg, ffprobe } = await ensureFfmpeg({ log: terminal.say })
  const sandbox = await start(port, {
    port,
    speed,
    ffmpegPath: ffmpeg,
    ffprobePath: ffprobe,
    log: terminal.say,
    ...(flags.key === undefined ? {} : { keys: flags.key }),
    ...(flags.data === undefined ? {} : { dataDir: flags.data }),
  })
  terminal.result(`url ${sandbox.url}`)
  for (const key of sandbox.keys) terminal.result(`key ${key}`)
  terminal.say('')
  terminal.say(
    `use it: REMOVEBGVIDEO_BASE_URL=${sandbox.url} REMOVEBGVIDEO_API_KEY=${sandbox.keys[0] ?? ''} npx matteflow remove clip.mp4`,
  )
  await untilAborted(stopping)
  await sandbox.close()
  return 0
}

async function start(port: number, options: SandboxOptions): Promise<Sandbox> {
  try {
    return await startSandbox(options)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new RemovalFailure('InvalidRequest', `--port: ${port} is in use by another process`, {
      hint: 'Choose another port; 0 takes any free one.',
      cause: error,
    })
  }
}
