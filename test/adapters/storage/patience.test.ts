import { setTimeout as sleep } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import { storageFailure } from '../../../adapters/storage/errors.ts'
import { StoreSilent, withPatience } from '../../../adapters/storage/patience.ts'

function stoppedSoon(reason: Error): AbortSignal {
  const stop = new AbortController()
  setImmediate(() => stop.abort(reason))
  return stop.signal
}

const never = () => new Promise<never>(() => {})

describe('a step that cannot be ended, as on a mount that hangs', () => {
  it('is left after its time', async () => {
    await expect(withPatience(20, undefined, never)).rejects.toBeInstanceOf(StoreSilent)
  })

  it('is left with the reason of its signal', async () => {
    const reason = new Error('cancelled')
    await expect(withPatience(60_000, stoppedSoon(reason), never)).rejects.toBe(reason)
  })
})

it('lets a step that is ended clean up first', async () => {
  let isClean = false
  const stop = new AbortController()
  const step = withPatience(60_000, stop.signal, async ({ signal }) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    await sleep(20)
    isClean = true
    throw signal.reason
  })
  stop.abort(new Error('cancelled'))
  await expect(step).rejects.toThrow('cancelled')
  expect(isClean).toBe(true)
})

it("does not count the other side's time", async () => {
  const step = withPatience(50, undefined, async ({ storesTurn, othersTurn }) => {
    othersTurn()
    await sleep(120)
    storesTurn()
    return 'done'
  })
  expect(await step).toBe('done')
})

it.each([
  ['ENOSPC', 'the disk is full', 'Free some disk space'],
  ['EROFS', 'the file system is read-only', 'writable'],
  ['EACCES', 'access is denied', 'Let the user'],
  ['ESTALE', 'the mounted file system does not answer', 'Mount it again'],
  ['EIO', 'the mounted file system does not answer', 'Mount it again'],
  ['ERR_PROXY_TUNNEL', 'the proxy opens no way to the store', 'NO_PROXY'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'its certificate is not trusted', 'NODE_EXTRA_CA_CERTS'],
  ['ENOTFOUND', 'the host name is unknown', 'AWS_ENDPOINT_URL'],
])('says %s as a reason with what to do', (code, reason, hint) => {
  const error = Object.assign(new Error('not-to-be-shown'), { code })
  expect(storageFailure('write', 'file:///s/a', error)).toMatchObject({
    kind: 'PlatformUnavailable',
    message: `storage: write file:///s/a: ${reason}`,
    facts: { hint: expect.stringContaining(hint) },
  })
})
