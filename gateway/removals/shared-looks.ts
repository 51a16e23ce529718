interface Looking<Answer> {
  running: Promise<Answer>
  /** The look that answers whoever has asked since `running` began; it begins when that one ends. */
  next: Promise<Answer> | null
}

/**
 * Lets those who ask for the same thing at the same moment share looks at it: at most one is under way for each key, and
 * everybody is answered by one that began after the question, so that nobody is told how it stood before. A look that fails
 * fails for those it was shared by, and for nobody after.
 */
export function sharedLooks<Answer>(
  look: (key: string) => Promise<Answer>,
): (key: string) => Promise<Answer> {
  const underWay = new Map<string, Looking<Answer>>()

  function begin(key: string): Promise<Answer> {
    const running = look(key)
    const own: Looking<Answer> = { running, next: null }
    underWay.set(key, own)
    const forget = (): void => {
      if (own.next === null) underWay.delete(key)
    }
    running.then(forget, forget)
    return running
  }

  return (key) => {
    const current = underWay.get(key)
    if (current === undefined) return begin(key)
    const again = (): Promise<Answer> => begin(key)
    current.next ??= current.running.then(again, again)
    return current.next
  }
}
