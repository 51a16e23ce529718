import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { expect, it } from 'vitest'
import { connectLazily } from '../../local/temporal/connect-temporal.ts'

it('a question that is asked again and again ends with its connection, which nothing else hears of', async () => {
  const away = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1')
  await once(away, 'listening')
  const { port } = away.address() as AddressInfo
  const connection = connectLazily({ address: `127.0.0.1:${port}`, connection: {} })
  const asked = connection.workflowService.describeNamespace({ namespace: 'default' })
  const ended = expect(asked).rejects.toThrow('CANCELLED')
  for (const _ of [1, 2]) await once(away, 'connection')

  await connection.close()

  await ended
  away.close()
})
