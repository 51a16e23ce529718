import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { Client } from '@temporalio/client'
import pino from 'pino'
import { configFrom } from '../../../adapters/environment/config.ts'
import { makeDemoClip } from '../../../adapters/media/picture/demo-clip.ts'
import type { RemovalDocument } from '../../../domain/removal-document.ts'
import type { Limits } from '../../../gateway/auth/project-limits.ts'
import type { ConnectionBounds } from '../../../gateway/http/create-server.ts'
import { runGateway } from '../../../gateway/run-gateway.ts'
import { connectLazily } from '../../../local/temporal/connect-temporal.ts'
import type { SandboxOptions } from '../../../sandbox/index.ts'
import { startRemovalEnvironment } from '../../../testing/removal-environment.ts'
import { serveDatabase } from '../../../testing/serve-database.ts'
import { startTemporalServer } from '../../../testing/temporal-server.ts'

/** A gateway of this process, over real HTTP. */
export interface RunningGateway {
  url: string
  /** Everything it has logged, a JSON line each. */
  log(): string
  close(): Promise<void>
}

export interface GatewayOptions {
  /** More of its environment variables. */
  variables?: Record<string, string>
  limits?: Limits
  bounds?: ConnectionBounds
  temporalUiUrl?: string
}

export type GatewayEnvironment = Awaited<ReturnType<typeof startGatewayEnvironment>>

/** A whole matteflow with a sandbox that is quick, and as many gateways in front of it as a test wants. */
export async function startGatewayEnvironment({
  variables = {},
  sandbox = { modes: { instant: true } },
}: {
  variables?: Record<string, string>
  sandbox?: SandboxOptions
} = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'matteflow-gateway-'))
  const clip = join(folder, 'walk.mp4')
  const storageUrl = variables['STORAGE_URL'] ?? pathToFileURL(join(folder, 'storage')).href
  const [temporal, ledger] = await Promise.all([
    startTemporalServer('dev'),
    serveDatabase(),
    makeDemoClip(clip, 'green', 1, { width: 160, height: 120 }),
  ])
  const environment = await startRemovalEnvironment({
    temporal,
    databaseUrl: ledger.url,
    sandbox,
    variables: { STORAGE_URL: storageUrl, ...variables },
  })
  const gateways: RunningGateway[] = []
  return {
    ...environment,
    folder,
    storageUrl,
    databaseUrl: ledger.url,
    /** A short video that the vendor takes. */
    clip,
    clipBytes: await readFile(clip),
    async startGateway(options: GatewayOptions = {}): Promise<RunningGateway> {
      const gateway = await runHere({
        databaseUrl: ledger.url,
        temporalAddress: temporal.address,
        limits: options.limits,
        bounds: options.bounds,
        temporalUiUrl: options.temporalUiUrl,
        variables: {
          HOME: folder,
          STORAGE_URL: storageUrl,
          REMOVEBGVIDEO_BASE_URL: environment.sandbox.url,
          ...variables,
          ...options.variables,
        },
      })
      gateways.push(gateway)
      return gateway
    },
    async close(): Promise<void> {
      await Promise.all(gateways.map((gateway) => gateway.close()))
      await environment.close()
      await temporal.teardown()
      await ledger.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Runs a gateway in this process, whatever it leans on. */
export async function runHere(parts: {
  databaseUrl: string
  temporalAddress: string
  variables: Record<string, string>
  limits?: Limits | undefined
  bounds?: ConnectionBounds | undefined
  temporalUiUrl?: string | undefined
}): Promise<RunningGateway> {
  const lines: string[] = []
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) })
  const stopping = new AbortController()
  const { promise: listening, resolve: onListening, reject } = Promise.withResolvers<string>()
  const connection = connectLazily({ address: parts.temporalAddress, connection: {} })
  const running = runGateway(configFrom({ GATEWAY_PORT: '0', ...parts.variables }), {
    client: new Client({ connection }),
    databaseUrl: parts.databaseUrl,
    temporalUiUrl: parts.temporalUiUrl ?? null,
    version: '0.0.0',
    log,
    ...(parts.limits && { limits: parts.limits }),
    ...(parts.bounds && { bounds: parts.bounds }),
    signal: stopping.signal,
    lingerMs: 0,
    onListening,
  })
  running.catch(reject)
  const url = await listening
  const end = async (): Promise<void> => {
    stopping.abort()
    await running
    await connection.close()
  }
  let ending: Promise<void> | undefined
  return { url, log: () => lines.join(''), close: () => (ending ??= end()) }
}

/** A form as `POST /v1/removals` takes it. */
export function removalForm(
  bytes: Uint8Array,
  fields: Record<string, string> = {},
  fileName = 'walk.mp4',
): FormData {
  const form = new FormData()
  for (const [name, value] of Object.entries(fields)) form.set(name, value)
  form.set('file', new Blob([Buffer.from(bytes)], { type: 'video/mp4' }), fileName)
  return form
}

/** The JSON of an answer, with its status. */
export async function answerOf(
  response: Response,
): Promise<{ status: number; body: Record<string, unknown> & Partial<RemovalDocument> }> {
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}

/** A request that brings JSON. */
export function jsonRequest(
  method: string,
  body: unknown,
  headers: Record<string, string> = {},
): RequestInit {
  return { method, body: JSON.stringify(body), headers: { 'content-type': 'application/json', ...headers } }
}
