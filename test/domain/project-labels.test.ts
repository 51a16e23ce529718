import { describe, expect, it } from 'vitest'
import { createProjectLabels } from '../../domain/project-labels.ts'

describe('the names of projects in the metrics', () => {
  it('are their own for the first fifty, and one for all others', () => {
    const labelOf = createProjectLabels()
    const names = Array.from({ length: 60 }, (_, index) => `project-${index}`)

    expect(new Set(names.map(labelOf)).size).toBe(51)
    expect(labelOf('project-7')).toBe('project-7')
    expect(labelOf('project-55')).toBe('other')
  })

  it('are cut where somebody chose a long one', () => {
    expect(createProjectLabels()('x'.repeat(1_000))).toHaveLength(64)
  })
})
