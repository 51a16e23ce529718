import { condition, defineSignal, setHandler } from '@temporalio/workflow'

/** The same workflow as a later build has it: what stands in its history, a timer, is not what this code does. */
export async function waits(): Promise<void> {
  setHandler(defineSignal('poke'), () => {})
  await condition(() => false)
}
