import { sleep } from '@temporalio/workflow'

/** What no build of matteflow does: a removal of another make, which stays open. */
export async function removeBackground(): Promise<void> {
  await sleep('1 hour')
}
