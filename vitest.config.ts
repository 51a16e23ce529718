import { defineConfig } from 'vitest/config'
import { parseCLI } from 'vitest/node'

/** What takes long and guards what a quicker test guards too: the full run plays it, and whoever names it. */
const FULL_ONLY = '**/*.full.test.ts'
/** `MATRIX=full` plays everything, and a command that names files or folders plays everything in them. */
const IS_FULL = process.env['MATRIX'] === 'full' || namedPaths().length > 0

function namedPaths(): string[] {
  return parseCLI(['vitest', ...process.argv.slice(2)], { allowUnknownOptions: true }).filter
}

interface Tier {
  name: string
  include: string[]
  exclude?: string[]
  timeoutMs: number
  turn?: number
  /** Its files run one after another in a process, and share what is dear to import and to start: `test/support/shared-database.ts`. */
  sharesProcess?: boolean
}

/** What each tier above the unit tests needs and how long one of its tests may take at most; a later turn waits for the earlier. */
const TIERS: Tier[] = [
  {
    // The outside of the activities: sandbox, ffmpeg, databases, stores; and the rules of Prometheus.
    name: 'activity',
    include: ['test/{activities,ops,sandbox}/**', 'test/adapters/{ledger,media,storage}/**'],
    timeoutMs: 60_000,
    sharesProcess: true,
  },
  {
    name: 'workflow',
    include: ['test/{client,gateway,tapes,worker,workflows}/**'],
    timeoutMs: 120_000,
    sharesProcess: true,
  },
  { name: 'replay', include: ['test/replay/**'], timeoutMs: 60_000 },
  {
    // Processes as users start them: the whole command line, stacks, workers.
    name: 'system',
    include: ['test/{cli,local,package}/**', 'test/system/!(*-matrix)/**'],
    timeoutMs: 240_000,
  },
  // Whole, hundreds of removals in flight: then by themselves, so that nobody else's times depend on them.
  {
    name: 'matrix',
    include: ['test/system/*-matrix/**'],
    timeoutMs: 240_000,
    turn: IS_FULL ? 1 : 0,
  },
]

/** Nothing but packages: tables, rules, parsers, the project's own tools, and whatever has no tier of its own. */
const UNIT: Tier = {
  name: 'unit',
  include: ['test/**'],
  exclude: [...TIERS.flatMap(({ include }) => include), 'test/system/**'],
  timeoutMs: 60_000,
  sharesProcess: true,
}

export default defineConfig({
  test: {
    pool: 'forks',
    // Whole, the matrices keep two processors busy by themselves.
    maxWorkers: IS_FULL ? 2 : 3,
    projects: [UNIT, ...TIERS].map(
      ({ name, include, exclude = [], timeoutMs, turn = 0, sharesProcess = false }) => ({
        test: {
          name,
          include: include.map((place) => `${place.replace(/\/\*\*$/, '/**/*')}.test.ts`),
          exclude: IS_FULL ? exclude : [...exclude, FULL_ONLY],
          env: { MATRIX: IS_FULL ? 'full' : 'sample' },
          isolate: !sharesProcess,
          environment: './test/support/test-process.ts',
          testTimeout: timeoutMs,
          hookTimeout: timeoutMs,
          sequence: { groupOrder: turn },
          // A row of a matrix is known by its whole name.
          taskTitleValueFormatTruncate: 0,
        },
      }),
    ),
  },
})
