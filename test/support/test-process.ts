/** Under a name that both sides find: Vitest loads an environment apart from the modules of its tests. */
const ENDINGS = Symbol.for('matteflow.test.endings')

type Ending = () => Promise<void>

function endings(): Ending[] {
  const place = globalThis as { [ENDINGS]?: Ending[] }
  return (place[ENDINGS] ??= [])
}

/** Runs this when the test process ends, after its last file. */
export function atEndOfProcess(end: Ending): void {
  endings().push(end)
}

/** Vitest's environment of a tier whose files share a process: its end is the only one that all of them have in common. */
export default {
  name: 'test-process',
  viteEnvironment: 'ssr',
  setup: () => ({
    async teardown() {
      for (const end of endings().splice(0).reverse()) await end()
    },
  }),
}
