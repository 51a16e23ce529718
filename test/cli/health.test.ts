import { describe, expect, it } from 'vitest'
import { createUser, runCliHere } from './support/run-cli.ts'

describe('health', () => {
  it.each([
    {
      where: 'Temporal does not answer',
      more: { TEMPORAL_ADDRESS: '127.0.0.1:9' },
      said: /Temporal at 127\.0\.0\.1:9/,
    },
    { where: 'there is no stack', more: {}, said: /no worker runs/ },
  ])('fails with a sentence where $where', async ({ more, said }) => {
    const { environment } = await createUser()
    const run = await runCliHere(['health'], { environment: { ...environment, ...more } })
    expect(run.exitCode).toBe(7)
    expect(run.stderr).toMatch(said)
  })
})
