import { RemovalFailure } from '../../domain/removal-failure.ts'

/** One worker of the process that has the plugin. */
interface Member {
  /** What the serving depends on. The values may be secrets, and are only compared. */
  settings: Readonly<Record<string, string | undefined>>
  /** Serves over the worker's connection until the signal aborts. */
  serve(signal: AbortSignal): Promise<void>
  /** Hears that the serving has failed. */
  fail(error: unknown): void
}

/** What all members of a process share: one of them serves, the others wait for their turn. */
interface Instance {
  members: Member[]
  serving: Serving | null
}

interface Serving {
  by: Member
  stop: AbortController
  /** Resolves once it has ended, however that came. */
  ended: Promise<void>
  isOver: boolean
}

/** Known by name, since a bundler may have put this module into the process more than once. */
const PLACE = Symbol.for('matteflow.plugin.instance')
const place = globalThis as { [PLACE]?: Instance | undefined }

/**
 * Serves over the connection of the first member; when that one leaves, over that of the next. Throws `InvalidRequest`
 * where a member wants other settings than those that are there. `leave` resolves when nothing uses the member's
 * connection any more.
 */
export function joinInstance(member: Member): { leave(): Promise<void> } {
  const instance = (place[PLACE] ??= { members: [], serving: null })
  refuseOthers(instance, member)
  instance.members.push(member)
  // The others have heard of a failure; this one tries by itself.
  if (instance.serving === null || instance.serving.isOver) instance.serving = serve(instance, member)
  return {
    async leave() {
      instance.members = instance.members.filter((each) => each !== member)
      const { serving } = instance
      if (serving?.by === member) {
        // What ended before it was told to has failed, or the whole process is told to end: nobody goes on with it.
        const isHandedOver = !serving.isOver
        serving.stop.abort()
        await serving.ended
        const [next] = instance.members
        if (isHandedOver && next !== undefined) instance.serving = serve(instance, next)
      }
      if (instance.members.length === 0 && place[PLACE] === instance) place[PLACE] = undefined
    },
  }
}

function serve(instance: Instance, by: Member): Serving {
  const stop = new AbortController()
  const serving: Serving = { by, stop, isOver: false, ended: Promise.resolve() }
  serving.ended = by
    .serve(stop.signal)
    .catch((error: unknown) => {
      for (const member of new Set([by, ...instance.members])) member.fail(error)
    })
    .finally(() => {
      serving.isOver = true
    })
  return serving
}

function refuseOthers({ members: [first] }: Instance, { settings }: Member): void {
  const names = Object.keys({ ...first?.settings, ...settings })
  const differing = names.filter((name) => first?.settings[name] !== settings[name])
  if (first === undefined || differing.length === 0) return
  throw new RemovalFailure(
    'InvalidRequest',
    `matteflow plugin: used twice in one process with different settings: ${differing.join(', ')}`,
    {
      hint: 'Give every worker of a process the same settings and namespace, or run the other one in a process of its own.',
    },
  )
}
