/** What is made by whoever asks first, and kept; where the making failed, the next one makes it again. */
export interface Remembered<Value> {
  get(): Promise<Value>
  /** Without making it; undefined where nobody has asked yet. */
  made(): Promise<Value> | undefined
}

export function remembered<Value>(make: () => Promise<Value>): Remembered<Value> {
  let made: Promise<Value> | undefined
  return {
    async get() {
      const making = (made ??= make())
      try {
        return await making
      } catch (error) {
        if (made === making) made = undefined
        throw error
      }
    },
    made: () => made,
  }
}
