import { adviceFor, goOnCommand } from '../failure-advice.ts'
import type { ParkNews } from './parked-group.ts'

/** The body of a word about parked removals: Slack's shape, or a generic one that programs can read. */
export function parkMessage(
  news: readonly ParkNews[],
  shape: 'slack' | 'generic',
): { text: string } | GenericMessage {
  const text = news.map(lineOf).join('\n')
  if (shape === 'slack') return { text: escapedForSlack(text) }
  return {
    type: 'matteflow.parked',
    text,
    groups: news.map((each) => {
      const { what, kind, project, count, sinceMs } = each
      const since = new Date(sinceMs).toISOString()
      return { what, kind, project, count, since, hint: hintOf(each), command: goOnCommand(kind, project) }
    }),
  }
}

interface GenericMessage {
  type: 'matteflow.parked'
  text: string
  groups: {
    what: ParkNews['what']
    kind: string
    project: string
    count: number
    since: string
    hint: string
    command: string
  }[]
}

/** `37 removals parked, InsufficientCredits, acme, since 09:12 UTC: top up, then …` */
function lineOf(news: ParkNews): string {
  const { what, kind, project, count, sinceMs } = news
  const removals = count === 1 ? '1 removal' : `${count} removals`
  if (what === 'over') return `over: no removal is parked any more, ${kind}, ${project}`
  const since = new Date(sinceMs).toISOString().slice(0, 16).replace('T', ' ')
  const still = what === 'aged' ? ' still' : what === 'grew' ? ' now' : ''
  return `${removals}${still} parked, ${kind}, ${project}, since ${since} UTC: ${hintOf(news)} \`${goOnCommand(kind, project)}\``
}

function hintOf({ kind }: ParkNews): string {
  return adviceFor(kind, null).hint
}

/** Slack reads these three as its own markup, and a project may be named as it likes. */
function escapedForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
