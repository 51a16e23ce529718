import type { Fault, Route } from '../../../sandbox/index.ts'
import { ALWAYS, foreignOutput, show } from '../../../sandbox/index.ts'
import type { Plant } from '../plant/plant.ts'
import { until } from '../plant/until.ts'
import type { Case } from './case.ts'
import { begin, callsOf, newCase } from './case.ts'
import type { HeldReplies } from './held-replies.ts'

/** Where a removal is when something of ours dies: its call has been carried out, and the answer is on its way. */
interface Station {
  name: string
  route: Route
}

/** On the way of one removal, in order. */
const STATIONS = [
  { name: 'while its input is uploaded', route: 'upload' },
  { name: 'while its draft is made', route: 'create' },
  { name: 'while its start is sent', route: 'start' },
  { name: 'while its job is polled', route: 'status' },
  { name: 'while its output is fetched', route: 'output' },
] as const satisfies Station[]
export type StationName = (typeof STATIONS)[number]['name']
export const STATION_NAMES = STATIONS.map(({ name }) => name)

/** What the workers of a plant with stations are told: a start that is held for longer is given up, and looked at. */
export const PATIENT_CALLS = { MATTEFLOW_CALL_TIMEOUT: '30s' } as const

/** The job runs, until its faults are cleared. */
export const RUNNING = show(
  'status',
  { status: 'processing', progress: 40, output_url: null, duration_seconds: null },
  { occurrence: ALWAYS },
)

/** Brings one removal to each station; all of them are there when it resolves. */
export async function reachStations(plant: Plant, replies: HeldReplies): Promise<Map<StationName, Case>> {
  const cases = new Map<StationName, Case>()
  const reach = async (stations: readonly (typeof STATIONS)[number][]): Promise<void> => {
    for (const { name, route } of stations) {
      const one = newCase()
      if (route !== 'status') replies.hold(one, route)
      cases.set(name, await begin(plant, { id: one.id, faults: faultsAt(route, replies) }))
    }
    await until(() => stations.every(({ name, route }) => isAt(route, cases.get(name) as Case)))
  }
  const isAt = (route: Route, one: Case): boolean =>
    route === 'status' ? callsOf(plant, one, 'status').length > 1 : replies.isHeld(one, route)

  // A call that is not answered in time is repeated and held again; a start is looked at instead.
  await reach(STATIONS.filter(({ route }) => route !== 'start'))
  await reach(STATIONS.filter(({ route }) => route === 'start'))
  return cases
}

/** Lets every removal go on from its station. */
export function leaveStations(plant: Plant, replies: HeldReplies, cases: ReadonlyMap<string, Case>): void {
  for (const { input } of cases.values()) plant.sandbox.clearFaults(input)
  replies.release()
}

function faultsAt(route: Route, { url }: HeldReplies): Fault[] {
  if (route === 'status') return [RUNNING]
  return route === 'output' ? [foreignOutput(url)] : []
}
