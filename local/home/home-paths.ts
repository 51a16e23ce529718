import { join } from 'node:path'

/** Where the embedded parts keep what is theirs, beneath one MATTEFLOW_HOME. */
export function homePaths(home: string) {
  return {
    home,
    stack: join(home, 'stack.json'),
    lock: join(home, 'stack.lock'),
    lasting: join(home, 'embedded.json'),
    temporal: join(home, 'temporal.db'),
    books: join(home, 'books'),
    booksLock: join(home, 'books.lock'),
    sandbox: join(home, 'sandbox'),
    logs: join(home, 'logs'),
    log: (role: string) => join(home, 'logs', `${role}.log`),
  }
}
