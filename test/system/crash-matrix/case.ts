import { appendFile, copyFile, rename } from 'node:fs/promises'
import { createLedger } from '../../../adapters/ledger/ledger.ts'
import type { RemovalDocument } from '../../../domain/removal-document.ts'
import { newRemovalId } from '../../../domain/removal-id.ts'
import type { RemovalRequestInput } from '../../../domain/removal-request.schema.ts'
import type { Fault, RequestRecord, Route } from '../../../sandbox/index.ts'
import { clipNamed } from '../plant/clip.ts'
import type { Plant } from '../plant/plant.ts'

/** A removal on its way to where something dies. Its input's name is its own: calls and bills are told apart by it. */
export interface Case {
  id: string
  input: string
}

export function newCase(id = newRemovalId()): Case {
  return { id, input: `${id}.mp4` }
}

interface Beginning {
  /** Aimed at the removal's own input. */
  faults?: readonly Fault[]
  request?: Partial<Omit<RemovalRequestInput, 'source'>>
  id?: string
  /** More bytes than any socket buffers, so that an unread upload stays under way. */
  isBulky?: boolean
}

const BULK_BYTES = 24_000_000

/** Stages and starts one removal. */
export async function begin(
  plant: Plant,
  { faults = [], request = {}, id = newRemovalId(), isBulky = false }: Beginning = {},
): Promise<Case> {
  const one = newCase(id)
  const { input } = one
  const source = await clipNamed(input, plant.folder)
  if (isBulky) await makeBulky(source)
  plant.sandbox.addFaults(faults.map((fault) => ({ ...fault, input })))
  await plant.removals.start({ ...request, id, source, project: id })
  return one
}

/** MP4 players skip a box of the type `free`. */
async function makeBulky(path: string): Promise<void> {
  const copy = `${path}.copy`
  await copyFile(path, copy)
  const box = Buffer.alloc(BULK_BYTES)
  box.writeUInt32BE(BULK_BYTES)
  box.write('free', 4)
  await appendFile(copy, box)
  await rename(copy, path)
}

/** The vendor's log of the calls about one removal. */
export function callsOf({ sandbox }: Plant, { input }: Case, route: Route): RequestRecord[] {
  return sandbox.requests().filter((record) => record.input === input && record.route === route)
}

/** How a removal ended, each figure from whoever knows: client library, vendor, ledger. */
export interface Ending {
  state: RemovalDocument['state']
  bought: number
  collected: number
  reservedMillicredits: number
  /** What the ledger has as spent less what the vendor bills. */
  overBillMillicredits: number
}

/** As if nothing had happened. */
export const UNHARMED: Ending = {
  state: 'succeeded',
  bought: 1,
  collected: 1,
  reservedMillicredits: 0,
  overBillMillicredits: 0,
}

/** Waits for the end of a removal, through every park, and measures it. */
export async function endingOf(plant: Plant, { id, input }: Case): Promise<Ending> {
  const document = await plant.removals.result(id, { waitWhileParked: true })
  const jobs = plant.sandbox.report().jobs.filter((job) => job.input === input)
  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const balance = await createLedger(plant.database).credits.balance(id)
  return {
    state: document.state,
    bought: sum(jobs.map((job) => job.purchases)),
    collected: document.output === null ? 0 : jobs.filter((job) => job.collected).length,
    reservedMillicredits: balance.reservedMillicredits,
    overBillMillicredits: balance.spentMillicredits - sum(jobs.map((job) => job.billedMillicredits)),
  }
}
