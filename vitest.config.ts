import { defineConfig } from 'vitest/config'

/**
 * What a plain `npm test` plays of both matrices: each rule of CONTRIBUTING's table is still caught by what is here.
 * `MATRIX=full` plays everything, and so does a command that names a matrix or its rows.
 */
const SAMPLE = {
  crashes: ['worker-at-vendor-calls', 'restored-ledger'],
  rows: [
    '^start (is reset|hangs) after acceptance$',
    '^start is executed after its 504$',
    '^start is answered without an id$',
    '^start is answered 402$',
    '^start is reset, and its repeat refused for the key$',
    '^start is accepted and the job fails$',
    '^start is refused for 1.5 s$',
    '^the job fails',
    '^(upload|create) is reset after acceptance$',
    '^create is answered 400$',
    '^status is (reset before acceptance|answered 401)$',
    '^output (is reset after acceptance|ends half-way three times|is dead .404., and re-minted)$',
    '^output is always of (opaque-matte|no-alpha|empty-matte|wrong-length)$',
    '^output is opaque, and another format may stand in$',
    '^output is always opaque, in whatever format',
    '^output is odd but right',
    '^output lacks its end (twice|always)$',
  ],
  pairs: 12,
}
const NAMES_A_MATRIX =
  process.env['MATRIX_ROWS'] !== undefined || process.argv.some((argument) => argument.includes('matrix'))
const PLAYS_ALL = process.env['MATRIX'] === 'full' || NAMES_A_MATRIX
const CRASH_TESTS = PLAYS_ALL ? '*' : `{${SAMPLE.crashes.join(',')}}`
const SAMPLE_VARIABLES = { MATRIX_ROWS: SAMPLE.rows.join('|'), MATRIX_PAIRS: String(SAMPLE.pairs) }

interface Tier {
  name: string
  include: string[]
  exclude?: string[]
  timeoutMs: number
  turn?: number
  env?: Record<string, string>
}

/** What each tier above the unit tests needs and how long one of its tests may take at most; a later turn waits for the earlier. */
const TIERS: Tier[] = [
  {
    // The outside of the activities: sandbox, ffmpeg, databases.
    name: 'activity',
    include: ['test/{activities,sandbox}/**', 'test/adapters/{ledger,media}/**'],
    timeoutMs: 60_000,
  },
  { name: 'workflow', include: ['test/{client,gateway,tapes,workflows}/**'], timeoutMs: 120_000 },
  { name: 'replay', include: ['test/replay/**'], timeoutMs: 60_000 },
  {
    // Processes as users start them: the whole command line, stacks, workers.
    name: 'system',
    include: ['test/{cli,local}/**', 'test/system/!(*-matrix)/**'],
    timeoutMs: 240_000,
  },
  // Hundreds of removals in flight: by themselves, so that nobody else's times depend on them.
  {
    name: 'matrix',
    include: [`test/system/crash-matrix/${CRASH_TESTS}`, 'test/system/fault-matrix/**'],
    timeoutMs: 240_000,
    turn: 1,
    env: PLAYS_ALL ? {} : SAMPLE_VARIABLES,
  },
]

/** Nothing but packages: tables, rules, parsers, the project's own tools, and whatever has no tier of its own. */
const UNIT: Tier = {
  name: 'unit',
  include: ['test/**'],
  exclude: [...TIERS.flatMap(({ include }) => include), 'test/system/**'],
  timeoutMs: 60_000,
}

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: [UNIT, ...TIERS].map(({ name, include, exclude = [], timeoutMs, turn = 0, env = {} }) => ({
      test: {
        name,
        include: include.map((place) => `${place.replace(/\/\*\*$/, '/**/*')}.test.ts`),
        exclude,
        env,
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        sequence: { groupOrder: turn },
        // A row of a matrix is known by its whole name.
        taskTitleValueFormatTruncate: 0,
      },
    })),
  },
})
