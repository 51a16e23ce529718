import { defineConfig } from 'vitest/config'

/** The long suites, run by name: `npm run suites -- fault-matrix`. */
export default defineConfig({
  test: {
    include: ['test/system/**/*.suite.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 120_000,
  },
})
