/** How often something was called, and the milliseconds that the calls took, summed. */
export interface Stopwatch {
  totalMs: number
  calls: number
}

/** The same object, whose asynchronous methods add their time to the watch. */
export function takeTime<Subject extends object>(subject: Subject, watch: Stopwatch): Subject {
  return new Proxy(subject, {
    get(target, name) {
      const value: unknown = Reflect.get(target, name)
      if (typeof value !== 'function') {
        return typeof value === 'object' && value !== null ? takeTime(value, watch) : value
      }
      return (...args: unknown[]): unknown => {
        const begun = performance.now()
        const result: unknown = Reflect.apply(value, target, args)
        if (!(result instanceof Promise)) return result
        watch.calls += 1
        return result.finally(() => {
          watch.totalMs += performance.now() - begun
        })
      }
    },
  })
}
