import type { FaultScript } from '../faults/fault-script.ts'
import type { Renderings } from '../media/renderings.ts'
import type { SandboxModes, StartModes } from '../modes.ts'
import type { VendorState } from '../state/vendor-state.ts'
import type { Downloads } from './downloads.ts'
import type { RequestLog } from './request-log.ts'

/** Everything that the operations share. */
export type Site = {
  state: VendorState
  modes: SandboxModes
  /** By the name that an input was uploaded under: where its jobs differ from `modes`. */
  ownStartModes: Map<string, Partial<StartModes>>
  faults: FaultScript
  renderings: Renderings
  /** Whether the person model is there. */
  knowsPeople: boolean
  requests: RequestLog
  downloads: Downloads
  dataDir: string
  speed: number
  outputUrlTtlMs: number
  /** The sandbox's own address, known once it listens. */
  url: () => string
  /** Aborts when the sandbox closes. */
  closing: AbortSignal
}
