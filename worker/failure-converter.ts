import { DefaultFailureConverter } from '@temporalio/common'

/** What a worker's `failureConverterPath` names where payloads are encrypted: messages and stacks become payloads too. */
export const failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true })
