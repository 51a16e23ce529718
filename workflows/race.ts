import { CancellationScope } from '@temporalio/workflow'

/**
 * The first of several to end, well or badly, ends them all: the others are cancelled and never awaited, since an
 * activity that loses may take long to notice, or hang.
 */
export async function race<Result>(contenders: (() => Promise<Result>)[]): Promise<Result> {
  const scope = new CancellationScope()
  const running = contenders.map((contend) => scope.run(contend))
  // What a loser ends with is nobody's business any more, and must not count as an unhandled rejection.
  for (const contender of running) contender.catch(() => {})
  try {
    return await Promise.race(running)
  } finally {
    scope.cancel()
  }
}
