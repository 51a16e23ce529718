import type { Container } from '../../domain/container.ts'
import { containerFrom, MAX_INPUT_BYTES } from '../../domain/container.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/** What is wrong with an input by its size and first bytes; throws `InvalidInput` naming it and what would be right. */
export function judgeInput(name: string, sizeBytes: number, head: Uint8Array): Container {
  if (sizeBytes === 0) throw new RemovalFailure('InvalidInput', `${name} is empty: expected a video`)
  if (sizeBytes > MAX_INPUT_BYTES) {
    throw new RemovalFailure(
      'InvalidInput',
      `${name} has ${inWords(sizeBytes)} bytes: expected at most ${inWords(MAX_INPUT_BYTES)}`,
    )
  }
  const container = containerFrom(head)
  if (container !== undefined) return container
  throw new RemovalFailure(
    'InvalidInput',
    `${name} is not a video of a known kind: expected an mp4, mov, webm or avi file`,
  )
}

function inWords(bytes: number): string {
  return bytes.toLocaleString('en-US')
}
