/** Text that nobody has had before. `crypto.randomUUID` wants a secure context, this does not. */
export function randomText(): string {
  return [...crypto.getRandomValues(new Uint8Array(16))]
    .map((byte) => byte.toString(16).padStart(2, '0'))
    .join('')
}
