/** The bare workflow's own queue in place of a removal's, so that both run on one server. */
export function bareQueue(name: string): string {
  return `bare-${name}`
}
