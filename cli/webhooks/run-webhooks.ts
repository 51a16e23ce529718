import { createLedger } from '../../adapters/ledger/ledger.ts'
import type { WebhookEndpoint } from '../../adapters/ledger/webhook-endpoints.ts'
import { checkEndpointUrl } from '../../adapters/transfer/check-endpoint-url.ts'
import { newSecret } from '../../adapters/webhooks/sign-event.ts'
import { millisecondsFrom } from '../../domain/duration.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'
import type { WebhookEventType } from '../../domain/webhooks/webhook-event.ts'
import { WEBHOOK_EVENTS } from '../../domain/webhooks/webhook-event.ts'
import { plainTable } from '../terminal/plain-table.ts'
import { readMoment, readNumber, readProject } from '../terminal/read-arguments.ts'
import { readConfig } from '../terminal/read-config.ts'
import type { Terminal } from '../terminal/terminal.ts'
import { withLedger } from '../terminal/with-ledger.ts'

export interface WebhookFlags {
  project?: string
  events?: string
  overlap: string
  since?: string
  limit: string
  json?: boolean
}

interface Asked {
  action: string
  what: string | undefined
  flags: WebhookFlags
}

type Records = ReturnType<typeof createLedger>['webhooks']
/** What a command prints: a document, and the same for people. */
type Said = { json: unknown; lines: string[] }
type Act = (records: Records, asked: Asked) => Promise<Said>

export async function runWebhooks(terminal: Terminal, asked: Asked): Promise<number> {
  const { privateHosts, proxies } = readConfig(terminal)
  const act = actionOf(asked)
  const { project } = asked.flags
  if (project !== undefined) readProject('--project', project)
  if (asked.action === 'add') await checkEndpointUrl(asked.what ?? '', { privateHosts, proxies })
  const { json, lines } = await withLedger(terminal, (database) =>
    act(createLedger(database).webhooks, asked),
  )
  if (asked.flags.json) terminal.json(json)
  else if (lines.length > 0) terminal.result(lines.join('\n'))
  return 0
}

function actionOf({ action, what }: Asked): Act {
  const actions: Record<string, Act> = { add, list, remove, rotate, deliveries, replay, test }
  const found = Object.hasOwn(actions, action) ? actions[action] : undefined
  if (found === undefined)
    throw wrong(`<action>: expected one of ${Object.keys(actions).join(', ')}, not ${action.slice(0, 80)}`)
  if (what === undefined && ['add', 'remove', 'rotate', 'test'].includes(action))
    throw wrong(
      `webhooks ${action}: expected ${action === 'add' ? 'the URL' : 'the id'} of an endpoint after it`,
    )
  return found
}

const add: Act = async (records, { what = '', flags: { project = 'default', events } }) => {
  const secret = newSecret()
  const endpoint = await records.create({
    ...{ project, url: what, secret },
    events: eventsFrom(events),
    at: new Date(),
  })
  return {
    json: { ...endpoint, secret },
    lines: [`${endpoint.id} hears of ${endpoint.events.join(', ')} of ${project}`, secretLine(secret)],
  }
}

const list: Act = async (records, { flags: { project } }) => {
  const endpoints = await records.list(project ?? null)
  return {
    json: endpoints,
    lines: [
      plainTable(
        ['endpoint', 'project', 'url', 'events', 'stands'],
        endpoints.map((row) => [row.id, row.project, row.url, shortEvents(row), standing(row)]),
      ),
    ],
  }
}

const remove: Act = async (records, { what = '', flags: { project } }) => {
  if (!(await records.remove(what, project ?? null, new Date()))) throw unknownEndpoint(what)
  return { json: { id: what, removed: true }, lines: [`removed ${what} and its secrets`] }
}

const rotate: Act = async (records, { what = '', flags: { project, overlap } }) => {
  const overlapMs = millisecondsFrom(overlap)
  if (overlapMs === undefined)
    throw wrong(`--overlap: expected a duration like 1d, not ${overlap.slice(0, 80)}`)
  const secret = newSecret()
  const previousUntil = new Date(Date.now() + overlapMs)
  if (!(await records.rotate(what, project ?? null, { secret, previousUntil }))) throw unknownEndpoint(what)
  return {
    json: { id: what, secret, previousSecretUntil: previousUntil },
    lines: [`both secrets of ${what} sign until ${previousUntil.toISOString()}`, secretLine(secret)],
  }
}

const deliveries: Act = async (records, { what, flags: { project, limit } }) => {
  const most = readNumber('--limit', limit, { least: 1, most: 1_000 })
  const endpoint = what === undefined ? {} : { endpointId: what }
  const rows = await records.deliveries({ project: project ?? null, ...endpoint }, Math.floor(most))
  return {
    json: rows,
    lines: [
      plainTable(
        ['at', 'event', 'type', 'endpoint', 'outcome', 'tries', 'last answer'],
        rows.map((row) => [
          ...[row.createdAt.toISOString(), row.eventId, row.type, row.endpointId],
          ...[row.outcome ?? 'under way', row.attempts, row.lastError ?? row.lastStatus],
        ]),
      ),
    ],
  }
}

const replay: Act = async (records, { what, flags: { project, since } }) => {
  if ((what === undefined) === (since === undefined))
    throw wrong('webhooks replay: expected an event or a delivery, or --since')
  const which = what === undefined ? {} : { eventId: what }
  const from = since === undefined ? {} : { since: readMoment('--since', since) }
  const count = await records.replay({ project: project ?? null, ...which, ...from }, new Date())
  return { json: { replayed: count }, lines: [`${count} deliveries are made again by the workers`] }
}

const test: Act = async (records, { what = '', flags: { project } }) => {
  const deliveryId = await records.test(what, project ?? null, new Date())
  if (deliveryId === undefined) throw unknownEndpoint(what)
  return {
    json: { id: what, deliveryId },
    lines: [`a worker tells ${what} within seconds; see \`matteflow webhooks deliveries ${what}\``],
  }
}

function eventsFrom(text: string | undefined): WebhookEventType[] {
  if (text === undefined) return [...WEBHOOK_EVENTS]
  const names = [...new Set(text.split(',').map((name) => name.trim()))]
  const known = WEBHOOK_EVENTS.filter((event) => names.includes(event))
  if (known.length === names.length) return known
  throw wrong(`--events: expected some of ${WEBHOOK_EVENTS.join(',')}, not ${text.slice(0, 80)}`)
}

function shortEvents({ events }: WebhookEndpoint): string {
  return events.length === WEBHOOK_EVENTS.length ? 'everything' : events.join(' ')
}

function standing({ disabledAt, disabledFor, previousSecretUntil }: WebhookEndpoint): string {
  if (disabledAt !== null) return `disabled: ${disabledFor ?? ''}`
  const isRotating = previousSecretUntil !== null && previousSecretUntil > new Date()
  return isRotating ? `two secrets until ${previousSecretUntil.toISOString()}` : 'hears'
}

function secretLine(secret: string): string {
  return `secret ${secret}\n  It is shown this once: verify what comes with a library of Standard Webhooks.`
}

function unknownEndpoint(id: string): RemovalFailure {
  return new RemovalFailure('NotFound', `there is no endpoint ${id.slice(0, 80)}`, {
    hint: '`matteflow webhooks list` shows all of them.',
  })
}

function wrong(message: string): RemovalFailure {
  return new RemovalFailure('InvalidRequest', message, { hint: 'Add --help for what is possible.' })
}
