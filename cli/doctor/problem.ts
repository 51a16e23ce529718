import type { FailureKind } from '../../domain/failures.ts'
import { isRemovalFailure } from '../../domain/removal-failure.ts'

/** Something that keeps removals from working, and what puts it right. */
export interface Problem {
  kind: FailureKind
  problem: string
  fix: string
}

/** The problem that an error describes. */
export function problemFrom(error: unknown): Problem {
  if (isRemovalFailure(error))
    return { kind: error.kind, problem: error.message, fix: error.toDocument().hint }
  const problem = error instanceof Error ? (error.message.split('\n')[0] ?? error.name) : String(error)
  return { kind: 'Unexpected', problem, fix: 'Run it again with LOG_LEVEL=debug.' }
}

/** Runs a check that throws where something is wrong; gives what it found. */
export async function problemsOf(check: () => Promise<Problem[]> | Problem[]): Promise<Problem[]> {
  try {
    return await check()
  } catch (error) {
    return [problemFrom(error)]
  }
}
