import { Context } from '@temporalio/activity'

const released = new Set<string>()

/** Lets a removal go on that waits for the vendor. */
export function release(id: string): void {
  released.add(id)
}

/** A poll as the real one looks from outside: a heartbeat, then a failure until there is an end. */
export async function checkVendorJob(id: string): Promise<void> {
  if (released.has(id)) return
  Context.current().heartbeat({
    progress: 40,
    failuresInARow: 0,
    failingSince: null,
    vendorState: 'rendering',
  })
  throw new Error('still rendering')
}
