import type { RemovalRequest } from '../../domain/removal-request.schema.ts'
import type { IdentifiedInput } from './identify-input.ts'
import type { InputForWorkers } from './stage-input.ts'

/** A removal that is ready to be started. */
export interface ReadyRemoval {
  id: string
  request: RemovalRequest
  input: IdentifiedInput
  fingerprint: string
  forWorkers: InputForWorkers
}
