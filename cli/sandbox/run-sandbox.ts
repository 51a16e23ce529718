import { isIP } from 'node:net'
import { ensureFfmpeg } from '#tools'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import { untilAborted } from '../../domain/until-aborted.ts'
import type { Sandbox, SandboxOptions } from '../../sandbox/index.ts'
import { startSandbox } from '../../sandbox/index.ts'
import { readNumber, readPort } from '../terminal/read-arguments.ts'
import { readConfig } from '../terminal/read-config.ts'
import { stopSignalsOfChild, tellListening } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

export interface SandboxFlags {
  port: string
  host: string
  publicUrl?: string
  speed: string
  key?: string[]
  data?: string
}

export async function runSandbox(terminal: Terminal, flags: SandboxFlags): Promise<number> {
  const port = readPort(flags.port)
  const speed = readNumber('--speed', flags.speed, { least: 0.001 })
  const { host } = flags
  if (isIP(host) === 0) throw wrongFlag(`--host: expected an IP address like 0.0.0.0, not ${host}`)
  const publicUrl = flags.publicUrl === undefined ? undefined : readUrl(flags.publicUrl)
  const { webhookSecret } = readConfig(terminal).vendor
  const stopping = stopSignalsOfChild()
  const { ffmpeg, ffprobe } = await ensureFfmpeg({ log: terminal.say })
  const sandbox = await start({
    port,
    host,
    ...(publicUrl === undefined ? {} : { publicUrl }),
    speed,
    ffmpegPath: ffmpeg,
    ffprobePath: ffprobe,
    log: terminal.say,
    ...(webhookSecret === null ? {} : { webhookSecret }),
    ...(flags.key === undefined ? {} : { keys: flags.key }),
    ...(flags.data === undefined ? {} : { dataDir: flags.data }),
  })
  tellListening()
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

async function start(options: SandboxOptions): Promise<Sandbox> {
  try {
    return await startSandbox(options)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw wrongFlag(
        `--port: ${options.port} is in use by another process`,
        'Choose another port; 0 takes any free one.',
        error,
      )
    if (code === 'EADDRNOTAVAIL')
      throw wrongFlag(`--host: this machine has no address ${options.host}`, undefined, error)
    throw error
  }
}

function readUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  if (url !== undefined && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`) return url.origin
  throw wrongFlag(`--public-url: expected http:// or https:// with a host and perhaps a port, not ${text}`)
}

function wrongFlag(
  message: string,
  hint = 'Add --help for what is possible.',
  cause?: unknown,
): RemovalFailure {
  return new RemovalFailure('InvalidRequest', message, { hint, cause })
}
