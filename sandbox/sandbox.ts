import type { Fault } from './faults/fault.ts'
import type { RequestRecord } from './http/request-log.ts'
import type { SandboxModes, StartModes } from './modes.ts'
import type { SandboxReport } from './report.ts'

/** What a sandbox is started with; everything has a default. */
export type SandboxOptions = {
  /** The address to listen on; 127.0.0.1 by default. */
  host?: string
  /** Where to listen; 0, the default, is any free port. */
  port?: number
  /** What its URLs begin with where others reach it by another name: scheme and host. By default where it listens. */
  publicUrl?: string
  /** Accepted API keys; by default one is generated, or those of an earlier run over the same folder hold. */
  keys?: string[]
  /** Uploads, outputs and state. A later sandbox over the same folder goes on. By default a temporary one, removed by `close`. */
  dataDir?: string
  /** Where renderings are kept, to be shared between sandboxes. By default inside `dataDir`. */
  renderCacheDir?: string
  /** Processing takes this many times less than at the vendor; 10 by default. */
  speed?: number
  /** Other readings of what the contract leaves open. */
  modes?: Partial<SandboxModes>
  /** Scripted from the start. */
  faults?: Fault[]
  /** Signs webhooks; without one, the default, they come unsigned, as from an account without a secret. */
  webhookSecret?: string
  /** Starting balance; without limit by default. */
  credits?: number
  /** Life of an output URL; one hour by default. */
  outputUrlTtlMs?: number
  /** By default the one on the PATH. */
  ffmpegPath?: string
  /** By default the one on the PATH. */
  ffprobePath?: string
  /** Gets a line for each received request and each rendering, and one about what cuts out. */
  log?: (line: string) => void
}

/** A running sandbox. */
export type Sandbox = {
  /** Its public URL, by default `http://127.0.0.1:<port>`; without a slash at its end. */
  readonly url: string
  /** The keys accepted at the start. */
  readonly keys: readonly string[]
  /** What was done and billed so far. */
  report(): SandboxReport
  /** Every received request, oldest first. */
  requests(): readonly RequestRecord[]
  /** Scripts more faults, behind those that are there. */
  addFaults(faults: readonly Fault[]): void
  /** Forgets every fault, or those of one input. */
  clearFaults(input?: string): void
  /** Other readings from now on; the others stay. */
  setModes(modes: Partial<SandboxModes>): void
  /** Another reading of how drafts and starts show, for the jobs of one input. */
  setStartModes(input: string, modes: Partial<StartModes>): void
  /** Sets what is left to spend; null lifts the limit. */
  setCredits(credits: number | null): void
  /** Another secret for webhooks; null: they come unsigned. */
  setWebhookSecret(secret: string | null): void
  /** Refuses a key from now on. */
  revokeKey(key: string): void
  /** Takes one key more from now on. */
  acceptKey(key: string): void
  /** Ends it with every open connection and every running ffmpeg. */
  close(): Promise<void>
}

/** The same over HTTP, for a sandbox in another process. */
export type RemoteSandbox = {
  /** Where it is; without a slash at its end. */
  readonly url: string
} & {
  [Method in Exclude<keyof Sandbox, 'url' | 'keys' | 'close'>]: (
    ...args: Parameters<Sandbox[Method]>
  ) => Promise<ReturnType<Sandbox[Method]>>
}
