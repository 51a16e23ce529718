import type { BenchContext, BenchRow } from '../figure.ts'
import { callbacksRow } from './callbacks-row.ts'
import { uploadsRows } from './uploads-rows.ts'
import { waitingRows } from './waiting-rows.ts'
import { watchingRows } from './watching-rows.ts'

/** What the HTTP role costs: callbacks, questions, watchers and uploads. */
export async function gatewayFigure(context: BenchContext): Promise<BenchRow[]> {
  return [
    await callbacksRow(context),
    ...(await waitingRows(context)),
    ...(await watchingRows(context)),
    ...(await uploadsRows(context)),
  ]
}
