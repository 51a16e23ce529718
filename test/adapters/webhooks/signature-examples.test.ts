import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { describe, expect, it } from 'vitest'
import { findOpenApiTools } from '#tools'
import { newSecret, signedHeaders } from '../../../adapters/webhooks/sign-event.ts'

const run = promisify(execFile)
const ROOT = join(import.meta.dirname, '../../..')
const tools = await findOpenApiTools()
const reference = await readFile(join(ROOT, 'docs/reference.md'), 'utf8')

/** The example of the reference in this language, as it is printed. */
function exampleIn(language: string): string {
  const [, webhooks = ''] = reference.split('\n## Webhooks\n')
  return new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, 's').exec(webhooks)?.[1] ?? ''
}

/** What a receiver has when an event arrives, signed with these secrets. */
function received(secrets: readonly string[], body: string) {
  return { rawBody: body, headers: signedHeaders({ id: 'evt_1', body }, secrets, new Date()) }
}

const LANGUAGES = {
  TypeScript: {
    isThere: true,
    verify: (given: object) =>
      run(
        process.execPath,
        [
          '--input-type=module',
          '--eval',
          `const { secret, rawBody, headers } = JSON.parse(process.env.RECEIVED)
${exampleIn('ts')}
console.log(JSON.stringify(event))`,
        ],
        { cwd: ROOT, env: { ...process.env, RECEIVED: JSON.stringify(given) } },
      ),
  },
  Python: {
    isThere: tools !== undefined,
    verify: (given: object) =>
      run(
        tools?.python ?? '',
        [
          '-c',
          `import json, os
received = json.loads(os.environ["RECEIVED"])
secret, raw_body, headers = received["secret"], received["rawBody"], received["headers"]
${exampleIn('python')}
print(json.dumps(event))`,
        ],
        { env: { ...process.env, RECEIVED: JSON.stringify(given) } },
      ),
  },
} as const

describe.each(['TypeScript', 'Python'] as const)('the example of the reference in %s', (language) => {
  const { isThere, verify } = LANGUAGES[language]

  it.skipIf(!isThere)('takes what either live secret signed, and nothing else', async () => {
    const [live, next, strangers] = [newSecret(), newSecret(), newSecret()]
    const event = { type: 'removal.succeeded', data: { id: 'rm_1' } }
    const sent = received([live, next], JSON.stringify(event))

    const runs = await Promise.allSettled([
      verify({ ...sent, secret: live }),
      verify({ ...sent, secret: next }),
      verify({ ...sent, secret: strangers }),
      verify({ ...sent, secret: live, rawBody: sent.rawBody.replace('rm_1', 'rm_2') }),
    ])

    expect(runs.map(({ status }) => status)).toEqual(['fulfilled', 'fulfilled', 'rejected', 'rejected'])
    for (const taken of runs.slice(0, 2))
      if (taken.status === 'fulfilled') expect(JSON.parse(taken.value.stdout)).toEqual(event)
  })
})
