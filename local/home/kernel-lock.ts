import { existsSync } from 'node:fs'
import type * as Sqlite from 'node:sqlite'
import { setTimeout as sleep } from 'node:timers/promises'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/** A lock that the operating system holds for this process, and lets go when the process ends, however it ends. */
export interface KernelLock {
  release(): void
}

/** A process that asks whether a lock is held has it shared for a moment, so that a taker tries again this often. */
const TRIES = 8
const PAUSE_MS = 25

const SQLITE_BUSY = 5

/** Locks that are collected as garbage would be let go. */
const held = new Set<Sqlite.DatabaseSync>()

/**
 * Takes the lock behind a file for this process; null while another process, or this one, has it. Fails as
 * `PlatformUnavailable` where the file cannot be made, or its file system has no locks.
 *
 * The lock is an exclusive transaction of SQLite on an empty database. SQLite's locks are the kernel's own: they
 * hold between processes that cannot see each other (containers on one volume), they work on Linux, macOS and
 * Windows, children do not inherit them, and they end with the process.
 */
export async function takeKernelLock(path: string): Promise<KernelLock | null> {
  for (let tries = 1; ; tries += 1) {
    const lock = tryToTake(path)
    if (lock !== null || tries === TRIES) return lock
    await sleep(PAUSE_MS)
  }
}

/** Whether any process has the lock behind a file; the file need not exist. */
export function isKernelLocked(path: string): boolean {
  if (!existsSync(path)) return false
  return lockable(path, 'SELECT 1 FROM sqlite_master', { readOnly: true }, (database, isFree) => {
    database.close()
    return !isFree
  })
}

/**
 * Whether any process has this SQLite database open. Servers that keep a write-ahead log hold a shared lock on
 * their database for as long as they have it open, so that an exclusive one is refused.
 */
export function isDatabaseOpen(path: string): boolean {
  if (!existsSync(path)) return false
  return lockable(path, 'PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE', {}, (database, isFree) => {
    database.close()
    return !isFree
  })
}

function tryToTake(path: string): KernelLock | null {
  // Without a journal of its own: it would stay behind a process that is killed.
  const sql = 'PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE'
  return lockable(path, sql, {}, (database, isMine) => {
    if (!isMine) {
      database.close()
      return null
    }
    held.add(database)
    return {
      release() {
        if (held.delete(database)) database.close()
      },
    }
  })
}

/** Opens the database, tries to lock it by a statement, and tells whether that went through. */
function lockable<Result>(
  path: string,
  sql: string,
  options: Sqlite.DatabaseSyncOptions,
  use: (database: Sqlite.DatabaseSync, isLocked: boolean) => Result,
): Result {
  let database: Sqlite.DatabaseSync | undefined
  try {
    const { DatabaseSync } = sqlite()
    database = new DatabaseSync(path, options)
    database.exec(sql)
    return use(database, true)
  } catch (error) {
    if (database !== undefined && isBusy(error)) return use(database, false)
    database?.close()
    throw new RemovalFailure('PlatformUnavailable', `${path} cannot be locked: ${reasonOf(error)}`, {
      hint: 'Make its folder writable, on a file system that knows locks; or set MATTEFLOW_HOME to one that is.',
      cause: error,
    })
  }
}

let loaded: typeof Sqlite | undefined

/** Node 22 announces its SQLite as experimental; what is used of it here has not changed since. */
function sqlite(): typeof Sqlite {
  if (loaded !== undefined) return loaded
  const { emitWarning } = process
  process.emitWarning = () => {}
  try {
    loaded = process.getBuiltinModule('node:sqlite')
    return loaded
  } finally {
    process.emitWarning = emitWarning
  }
}

function isBusy(error: unknown): boolean {
  return ((error as { errcode?: number }).errcode ?? 0) % 256 === SQLITE_BUSY
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
