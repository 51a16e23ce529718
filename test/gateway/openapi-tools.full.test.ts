import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { copyFile, mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { findOpenApiTools } from '#tools'
import type { RemovalDocument } from '../../domain/removal-document.ts'
import type { GatewayEnvironment, RunningGateway } from './support/gateway-environment.ts'
import { answerOf, jsonRequest, removalForm, startGatewayEnvironment } from './support/gateway-environment.ts'

const tools = await findOpenApiTools()
const run = promisify(execFile)
const TOKEN = 'acme-token'

/** Of each operation, besides what schemathesis always tries. */
const EXAMPLES = 8
/** What is held against every answer: no 5xx, and nothing that the document does not say. */
const CHECKS = [
  ...['not_a_server_error', 'status_code_conformance', 'content_type_conformance'],
  ...['response_headers_conformance', 'response_schema_conformance'],
  ...['unsupported_method', 'allow_header_conformance'],
]

describe.skipIf(tools === undefined)(
  'the published OpenAPI document, by programs of others (skipped without Python 3.10 and pip)',
  () => {
    const { python = '', schemathesis = '', generateClient = '' } = tools ?? {}
    let env: GatewayEnvironment
    let gateway: RunningGateway
    let folder: string

    beforeAll(async () => {
      env = await startGatewayEnvironment()
      gateway = await env.startGateway({ variables: { GATEWAY_TOKENS: `acme:${TOKEN},py:py-token` } })
      folder = await mkdtemp(join(env.folder, 'openapi-'))
      await writeFile(join(folder, 'openapi.json'), await (await fetch(`${gateway.url}/openapi.json`)).text())
    })
    afterAll(() => env?.close())

    it('is kept by every operation, whatever is asked', async () => {
      const authorization = `Bearer ${TOKEN}`
      const started = fetch(`${gateway.url}/v1/removals`, {
        ...{ method: 'POST', body: removalForm(env.clipBytes) },
        headers: { authorization, prefer: 'wait=50' },
      })
      const hook = jsonRequest('POST', { url: 'https://8.8.8.8/hook' }, { authorization })
      const registered = fetch(`${gateway.url}/v1/webhooks`, hook)
      const [removal, endpoint] = await Promise.all([started.then(answerOf), registered.then(answerOf)])
      expect([removal.body.state, endpoint.status]).toEqual(['succeeded', 201])
      // Ids of what is there, or all that is ever seen is that there is nothing.
      const settings = [
        ...['[parameters]', `"path.id" = "${removal.body.id}"`],
        ...['[[operations]]', 'include-path-regex = "^/v1/webhooks/"'],
        `parameters = { "path.id" = "${endpoint.body.id}" }`,
      ]
      await writeFile(join(folder, 'schemathesis.toml'), `${settings.join('\n')}\n`)

      const { stdout } = await run(
        schemathesis,
        [
          ...['--config-file', 'schemathesis.toml', 'run', 'openapi.json', '--url', gateway.url],
          ...['--header', `Authorization: ${authorization}`, '--checks', CHECKS.join(',')],
          ...['--phases', 'examples,coverage,fuzzing', '--max-examples', String(EXAMPLES), '--seed', '1'],
          ...['--request-timeout', '60', '--generation-database', 'none', '--warnings', 'off', '--no-color'],
        ],
        { cwd: folder, maxBuffer: 10_000_000 },
      ).catch((error: unknown) => ({ stdout: String((error as { stdout?: string }).stdout ?? error) }))

      expect(stdout.slice(-6_000)).toContain('No issues found')
      expect(Number(/(\d+) generated/.exec(stdout)?.[1])).toBeGreaterThan(500)
    })

    it('is enough for a generated client of another language, which takes a removal through', async () => {
      const generated = join(folder, 'matteflow_client')
      await run(
        generateClient,
        ['generate', '--path', 'openapi.json', '--meta', 'none', '--output-path', generated],
        { cwd: folder },
      )
      await copyFile(join(import.meta.dirname, 'generated_client.py'), join(folder, 'main.py'))
      const output = join(folder, 'cutout.webm')

      const { stdout } = await run(python, ['main.py', gateway.url, 'py-token', env.clip, output], {
        cwd: folder,
      })

      const document = JSON.parse(stdout) as RemovalDocument
      expect(document).toMatchObject({ state: 'succeeded', project: 'py', output: { hasAlpha: true } })
      const sha256 = createHash('sha256')
        .update(await readFile(output))
        .digest('hex')
      expect(sha256).toBe(document.output?.sha256)
    })
  },
)
