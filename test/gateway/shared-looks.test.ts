import { expect, it } from 'vitest'
import { sharedLooks } from '../../gateway/removals/shared-looks.ts'

/** A look that is answered when the test says so. */
function lookedAt() {
  const looks: { key: string; answer: PromiseWithResolvers<string> }[] = []
  const ask = sharedLooks((key) => {
    const answer = Promise.withResolvers<string>()
    looks.push({ key, answer })
    return answer.promise
  })
  const settled = () => new Promise((resolve) => setImmediate(resolve))
  return { ask, looks, settled }
}

it('a crowd that asks during a look is answered by one more, which began after they asked', async () => {
  const { ask, looks, settled } = lookedAt()

  const first = ask('a')
  const crowd = Array.from({ length: 200 }, () => ask('a'))
  const other = ask('b')
  expect(looks.map(({ key }) => key)).toEqual(['a', 'b'])
  looks[0]?.answer.resolve('before')
  looks[1]?.answer.resolve('another')
  expect([await first, await other]).toEqual(['before', 'another'])
  await settled()
  looks[2]?.answer.resolve('after')

  expect(new Set(await Promise.all(crowd))).toEqual(new Set(['after']))
  expect(looks.map(({ key }) => key)).toEqual(['a', 'b', 'a'])
})

it('a look that fails is asked for anew, by those who waited and by those who come later', async () => {
  const { ask, looks, settled } = lookedAt()

  const [first, second] = [ask('a'), ask('a')]
  looks[0]?.answer.reject(new Error('away'))
  await expect(first).rejects.toThrow('away')
  await settled()
  looks[1]?.answer.reject(new Error('still away'))
  await expect(second).rejects.toThrow('still away')
  await settled()
  const third = ask('a')
  looks[2]?.answer.resolve('there')

  expect(await third).toBe('there')
})
