import { defineSignal, setHandler, sleep } from '@temporalio/workflow'

/** Waits for a day; a signal makes Temporal give it a workflow task. */
export async function waits(): Promise<void> {
  setHandler(defineSignal('poke'), () => {})
  await sleep('1 day')
}
