import { defineConfig } from 'vitest/config'

/** What each tier of tests needs and how long one of its tests may take at most; a later turn waits for the earlier. */
const TIERS = [
  {
    name: 'unit',
    include: ['test/**/*.test.ts'],
    exclude: ['test/{activities,workflows,replay,system}/**'],
    // Some start the whole command line, which a busy machine gives seconds only.
    timeoutMs: 60_000,
  },
  { name: 'activity', include: ['test/activities/**/*.test.ts'], timeoutMs: 60_000 },
  { name: 'workflow', include: ['test/workflows/**/*.test.ts'], timeoutMs: 120_000 },
  { name: 'replay', include: ['test/replay/**/*.test.ts'], timeoutMs: 60_000 },
  {
    name: 'system',
    include: ['test/system/**/*.test.ts'],
    exclude: ['test/system/*-matrix/**'],
    timeoutMs: 240_000,
  },
  // Hundreds of removals in flight: by themselves, so that nobody else's times depend on them.
  { name: 'matrix', include: ['test/system/*-matrix/**/*.test.ts'], timeoutMs: 240_000, turn: 1 },
]

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: TIERS.map(({ name, include, exclude = [], timeoutMs, turn = 0 }) => ({
      test: {
        name,
        include,
        exclude,
        testTimeout: timeoutMs,
        hookTimeout: timeoutMs,
        sequence: { groupOrder: turn },
        // A row of a matrix is known by its whole name.
        taskTitleValueFormatTruncate: 0,
      },
    })),
  },
})
