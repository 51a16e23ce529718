import { DefaultFailureConverter } from '@temporalio/common'

/** What a worker that encrypts payloads sets in the workflow code's own global object, before the code is run. */
export const ENCODES_FAILURES = '__matteflowEncodesFailures'

/** How failures of workflows are written: where payloads are encrypted, their messages and stacks become payloads too. */
export const failureConverter = new DefaultFailureConverter({
  encodeCommonAttributes: (globalThis as Partial<Record<string, unknown>>)[ENCODES_FAILURES] === true,
})
