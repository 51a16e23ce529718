import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import { Agent, request } from 'node:http'

// Watches one removal many times over: `<url> <watchers>`; prints a line once each of them has heard something, and stays.
const [url = '', watchers = '1'] = process.argv.slice(2)
const agent = new Agent({ maxSockets: Number.POSITIVE_INFINITY })

async function watch(): Promise<void> {
  const sent = request(url, { agent })
  sent.end()
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  let heard = ''
  await new Promise<void>((resolve, reject) => {
    response.on('error', reject).on('data', (chunk: Buffer) => {
      if (heard.length < 5_000) heard += chunk.toString()
      if (heard.includes('event: removal')) resolve()
    })
  })
}

await Promise.all(Array.from({ length: Number(watchers) }, watch))
console.log('watching')
