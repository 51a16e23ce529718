import type { Client, ScheduleOptions } from '@temporalio/client'
import { ScheduleAlreadyRunning, ScheduleNotFoundError } from '@temporalio/client'

/** Creates a schedule, or changes the one that is there; a paused one stays so. */
export async function putSchedule(client: Client, options: ScheduleOptions): Promise<void> {
  const { scheduleId, ...schedule } = options
  try {
    await client.schedule.create(options)
  } catch (error) {
    if (!(error instanceof ScheduleAlreadyRunning)) throw error
    await client.schedule
      .getHandle(scheduleId)
      .update(({ state }) => ({ ...schedule, state: { paused: state.paused } }))
  }
}

/** Removes a schedule; false when there was none. */
export async function removeSchedule(client: Client, scheduleId: string): Promise<boolean> {
  try {
    await client.schedule.getHandle(scheduleId).delete()
    return true
  } catch (error) {
    if (error instanceof ScheduleNotFoundError) return false
    throw error
  }
}
