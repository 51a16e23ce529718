import { defineConfig } from 'vitest/config'

/** What each tier of tests needs and how long one of its tests may take at most. */
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
  { name: 'system', include: ['test/system/**/*.test.ts'], timeoutMs: 240_000 },
]

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    projects: TIERS.map(({ name, include, exclude = [], timeoutMs }) => ({
      test: { name, include, exclude, testTimeout: timeoutMs, hookTimeout: timeoutMs },
    })),
  },
})
