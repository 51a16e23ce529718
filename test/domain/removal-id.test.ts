import { describe, expect, it } from 'vitest'
import { newRemovalId, recordedIdOf, removalIdOf, workflowIdOf } from '../../domain/removal-id.ts'
import { removalIdSchema } from '../../domain/removal-request.schema.ts'

describe('a new id', () => {
  it('is one that a request may carry', () => {
    expect(removalIdSchema.safeParse(newRemovalId()).success).toBe(true)
    expect(newRemovalId()).toMatch(/^rm_[0-9a-z]{20}$/)
  })

  it('sorts by the time of its making', () => {
    const times = [0, 1, 31, 32, 1_023, 1_024, 1.7e12, 1.7e12 + 1, 1.8e12, 2 ** 49]
    const ids = times.map((time) => newRemovalId(time))

    expect(ids.toSorted()).toEqual(ids)
  })

  it('is another one within the same millisecond', () => {
    const ids = new Set(Array.from({ length: 1_000 }, () => newRemovalId(1.7e12)))

    expect(ids.size).toBe(1_000)
  })
})

describe('a workflow id', () => {
  it('gives the removal id back', () => {
    expect(workflowIdOf('rm_1')).toBe('removal/rm_1')
    expect(removalIdOf('removal/rm_1')).toBe('rm_1')
  })

  it('that another service chose stays where it is fit for files, and becomes so elsewhere', () => {
    expect(removalIdOf('order-7')).toBe('order-7')
    expect(removalIdOf('orders/Ünïque 17: cut-out')).toMatch(/^orders__n_que_17__cut-out-[0-9a-z]{13}$/)
    for (const name of ['x/'.repeat(100), ' ', '日本'.repeat(40), 'x'.repeat(65)])
      expect(removalIdSchema.safeParse(removalIdOf(name)).success, name).toBe(true)
  })

  it('gives the same id in every process, for good', () => {
    expect(removalIdOf('order/7')).toBe('order_7-vdp7e1fmwmrtd')
  })

  it('is another removal where it is another name', () => {
    const long = 'a long name of an order '.repeat(5)
    const names = ['order/7', 'order_7', 'order 7', 'order7', 'order/71', `${long}1`, `${long}2`, long]

    expect(new Set(names.map(removalIdOf)).size).toBe(names.length)
    expect(new Set(Array.from({ length: 20_000 }, (_, at) => removalIdOf(`o/${at}`))).size).toBe(20_000)
  })

  it('is read from what the workflow shows, whichever build has admitted it', () => {
    const [workflowId, fingerprint] = ['order/7', 'f']
    const removalId = removalIdOf(workflowId)

    expect(recordedIdOf({ workflowId })).toBe(removalId)
    expect(recordedIdOf({ workflowId, memo: { fingerprint, removalId } })).toBe(removalId)
    expect(recordedIdOf({ workflowId, memo: { fingerprint } })).toBe('order_7')
    expect(recordedIdOf({ workflowId, memo: { fingerprint, removalId: 'order_7' } })).toBe('order_7')
    expect(recordedIdOf({ workflowId, memo: { fingerprint, removalId: 'of somebody else' } })).toBe(removalId)
  })
})
