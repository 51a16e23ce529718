import { setTimeout as sleep } from 'node:timers/promises'
import { Pool } from 'undici'

// Asks for one address at a steady pace, whether answers come or not: `<url> <a second> <seconds>`; prints how long each
// answer took, milliseconds, as JSON.
const [url = '', rate = '1', seconds = '1'] = process.argv.slice(2)
const { origin, pathname } = new URL(url)
const pool = new Pool(origin, { connections: 200 })
const took: number[] = []
const count = Number(rate) * Number(seconds)
const begun = performance.now()
const asked: Promise<void>[] = []
for (let index = 0; index < count; index += 1) {
  const dueMs = begun + (index * 1_000) / Number(rate) - performance.now()
  if (dueMs > 0) await sleep(dueMs)
  asked.push(ask())
}
await Promise.all(asked)
console.log(JSON.stringify(took))
await pool.close()

async function ask(): Promise<void> {
  const sent = performance.now()
  const { statusCode, body } = await pool.request({ method: 'GET', path: pathname })
  await body.dump()
  if (statusCode !== 200) throw new Error(`answered with ${statusCode}`)
  took.push(performance.now() - sent)
}
