import { describe, expect, it } from 'vitest'
import { newRemovalId, removalIdOf, workflowIdOf } from '../../domain/removal-id.ts'
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

  it('that another service chose becomes an id that is fit for files', () => {
    expect(removalIdOf('orders/Ünïque 17: cut-out')).toBe('orders__n_que_17__cut-out')
    expect(removalIdSchema.safeParse(removalIdOf('x/'.repeat(100))).success).toBe(true)
  })
})
