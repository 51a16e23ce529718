/** Paths and names of the machine that records, and what stands for them in a history that is kept. */
export type Replacements = readonly (readonly [from: string | RegExp, to: string])[]

/**
 * A history as JSON without the paths and names of the machine it was recorded on. They are replaced alike
 * wherever they stand, in the base64 of payloads as well, so that the history replays as it was.
 */
export function scrubHistory(json: string, replacements: Replacements): string {
  const scrubbed = JSON.parse(json, (key, value: unknown) => {
    if (typeof value !== 'string') return value
    if (key !== 'data') return replaced(value, replacements)
    const payload = Buffer.from(value, 'base64')
    return Buffer.from(replaced(payload.toString('utf8'), replacements)).toString('base64')
  }) as unknown
  return `${JSON.stringify(scrubbed, null, 1)}\n`
}

/** Everything a history says in words, payloads decoded. */
export function wordsOf(json: string): string {
  const words: string[] = []
  JSON.parse(json, (key, value: unknown) => {
    if (typeof value === 'string')
      words.push(key === 'data' ? Buffer.from(value, 'base64').toString('utf8') : value)
    return value
  })
  return words.join('\n')
}

function replaced(text: string, replacements: Replacements): string {
  return replacements.reduce((result, [from, to]) => result.replaceAll(from, to), text)
}
