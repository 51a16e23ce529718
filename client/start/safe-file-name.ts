/** A file's name as one segment of a storage key: letters, digits, dot, dash and underscore, 100 at most, the end kept. */
export function safeFileName(name: string): string {
  const safe = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9._-]+/g, '_')
    .slice(-100)
    .replace(/^[._]+/, '')
  return safe === '' ? 'input' : safe
}
