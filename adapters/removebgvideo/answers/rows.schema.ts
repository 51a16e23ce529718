import { z } from 'zod'

/** The rows of a list whose envelope is undocumented: a bare array, or an object that holds one under a usual name. */
export function rowsUnder(...names: string[]) {
  return z.unknown().transform((answer, context): unknown[] => {
    if (Array.isArray(answer)) return answer
    if (answer !== null && typeof answer === 'object') {
      for (const name of names) {
        const rows: unknown = Reflect.get(answer, name)
        if (Array.isArray(rows)) return rows
      }
    }
    context.addIssue({ code: 'custom', message: `expected an array, or one under ${names.join(', ')}` })
    return z.NEVER
  })
}
