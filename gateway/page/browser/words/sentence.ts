/**
 * What the gateway says, as a sentence of its own: messages begin small and without a full stop, since they stand within
 * others in logs. What begins with a field's or a command's name stays as it is.
 */
export function sentence(message: string): string {
  const begun = /^[a-z]+[ ,]/.test(message) ? message.charAt(0).toUpperCase() + message.slice(1) : message
  return begun === '' || /[.!?…)]$/.test(begun) ? begun : `${begun}.`
}
