import { createReadStream } from 'node:fs'
import { beforeAll, describe, expect, it } from 'vitest'
import { earlierRemovalIdOf, removalIdOf } from '../../domain/removal-id.ts'
import type { RemovalEnvironment } from '../../testing/removal-environment.ts'
import { allOf } from '../client/support/all-of.ts'
import { clip } from '../support/clips.ts'
import { inFull, itInFull } from '../support/in-full.ts'
import type { RemovalHandle } from './support/observe.ts'
import { documentOf, untilParkedFor } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

const anEnvironment = useEnvironments('dev')
let file: string

beforeAll(async () => {
  file = await clip('green')
})

/** Puts a file where workers find it, as the activity of another service does. */
async function stored({ dependencies }: RemovalEnvironment, key: string): Promise<{ stored: string }> {
  await dependencies.storage.write(key, createReadStream(file))
  return { stored: key }
}

function started(
  { temporal }: RemovalEnvironment,
  workflowId: string,
  args: unknown[],
): Promise<RemovalHandle> {
  return temporal.client.workflow.start('removeBackground', { workflowId, taskQueue: 'matteflow', args })
}

describe('removals whose workflows have names of their own', () => {
  it('are each a removal of its own, however alike the names are, and listed so', async () => {
    const environment = await anEnvironment()
    const source = await stored(environment, 'theirs/alike.mp4')
    const long = 'the export of an order that was made long ago, by the shop in '.repeat(2)
    const names = ['order/7', 'order_7', `${long}Oslo`, `${long}Rome`]

    const handles = await Promise.all(
      names.map((name, at) => started(environment, name, [{ source, reference: `${at}` }])),
    )
    const documents = await Promise.all(handles.map(documentOf))

    expect(documents.map(({ state, reference }) => [state, reference])).toEqual(
      names.map((_, at) => ['succeeded', `${at}`]),
    )
    expect(documents.map(({ id }) => id)).toEqual(names.map(removalIdOf))
    expect(environment.sandbox.report().jobsBought).toBe(names.length)
    await expect
      .poll(async () => {
        const listed = (await allOf(environment.removals.list())).filter(
          ({ reference }) => reference !== null,
        )
        return listed.map(({ id }) => id).toSorted()
      })
      .toEqual(names.map(removalIdOf).toSorted())
  })
})

describe('a removal that an earlier build has recorded under a shorter id', () => {
  /** Removals of the earlier build: what it carried to the next run has no id. */
  const OF_BEFORE = { deadlineAtMs: null, parks: 0 }

  it.each(
    inFull(
      {
        how: 'goes on under that one in a new run',
        name: 'in/flight',
        carries: {},
        idOf: earlierRemovalIdOf,
      },
      {
        how: 'goes on under its own where that was carried',
        name: 'carried/7',
        carries: { removalId: removalIdOf('carried/7') },
        idOf: removalIdOf,
      },
    ),
  )('$how', async ({ name, carries, idOf }) => {
    const environment = await anEnvironment()
    const source = await stored(environment, 'theirs/clip.mp4')
    const carried = { ...OF_BEFORE, ...carries }

    const document = await documentOf(await started(environment, name, [{ source }, null, carried]))

    expect(document).toMatchObject({ id: idOf(name), state: 'succeeded' })
  })

  it('is answered with its document when its workflow is started again, and nothing is bought again', async () => {
    const environment = await anEnvironment()
    const source = await stored(environment, 'theirs/again.mp4')
    const name = 'started/again'
    const before = await documentOf(await started(environment, name, [{ source }, null, OF_BEFORE]))

    const again = await documentOf(await started(environment, name, [{ source }]))

    expect(again).toEqual(before)
    expect(environment.sandbox.report().jobsBought).toBe(1)
  })

  itInFull('is gone on with where its workflow was reset to its beginning', async () => {
    const environment = await anEnvironment({ sandbox: { credits: 0 } })
    const source = await stored(environment, 'theirs/reset.mp4')
    const name = 'reset/7'
    const handle = await started(environment, name, [{ source }, null, OF_BEFORE])
    await untilParkedFor(environment, handle, 'InsufficientCredits')
    await handle.terminate('as a reset does')
    environment.sandbox.setCredits(100)

    const document = await documentOf(await started(environment, name, [{ source }]))

    expect(document).toMatchObject({ id: earlierRemovalIdOf(name), state: 'succeeded' })
    expect(environment.sandbox.report()).toMatchObject({ jobsBought: 1, drafts: 1 })
    expect((await allOf(environment.removals.list())).map(({ id }) => id)).not.toContain(removalIdOf(name))
  })
})
