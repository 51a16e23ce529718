import type { Figure } from './figure.ts'
import { pipelineFigure } from './pipeline/pipeline-figure.ts'
import { pollingFigure } from './polling/polling-figure.ts'
import { startsFigure } from './starts/starts-figure.ts'
import { transfersFigure } from './transfers/transfers-figure.ts'

/** What `--only` may name, in the order of the table. */
export const FIGURES: Record<string, Figure> = {
  pipeline: pipelineFigure,
  polling: pollingFigure,
  transfers: transfersFigure,
  starts: startsFigure,
}
