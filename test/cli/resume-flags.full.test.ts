import { describe, expect, it } from 'vitest'
import { createUser, runCli } from './support/run-cli.ts'

const user = await createUser()
const environment = { ...user.environment, TEMPORAL_ADDRESS: '127.0.0.1:9' }

describe('a resume that cannot be meant', () => {
  it.each([
    [['--all'], '--kind: expected one of InsufficientCredits,'],
    [['--all', '--kind', 'UnknownOutcome'], 'each is a question of its own'],
    [['--all', '--kind', 'ProcessingFailed'], '--kind: expected one of'],
    [['--all', '--kind', 'InsufficientCredits', '--as', 'started'], '--as: does not go with --all'],
    [['--all', '--kind', 'InsufficientCredits', '--rate', '5'], '--rate: expected a rate like 5/s'],
    [['--all', '--kind', 'InsufficientCredits', '--rate', '0/s'], '--rate: expected a rate like 5/s'],
    [['rm_1', '--all', '--kind', 'InsufficientCredits'], '<id>: does not go with --all'],
    [['rm_1', '--kind', 'InsufficientCredits'], '--kind: goes with --all'],
    [['rm_1', '--dry-run'], '--dry-run: goes with --all'],
    [[], '<id>: expected the id of a parked removal, or --all'],
    [['a b'], '<id>: expected 1 to 64'],
  ])('is refused before anything is asked: %j', async (args, said) => {
    const run = await runCli(['resume', ...args], { environment })

    expect(run.stderr).toContain(said)
    expect(run.stdout).toBe('')
    expect(run.exitCode).toBe(2)
  })
})
