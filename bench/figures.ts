import { cutOutsFigure } from './cut-outs/cut-outs-figure.ts'
import { faultsFigure } from './faults/faults-figure.ts'
import type { Figure } from './figure.ts'
import { gatewayFigure } from './gateway/gateway-figure.ts'
import { ledgerFigure } from './ledger/ledger-figure.ts'
import { reserveFigure } from './ledger/reserve-figure.ts'
import { observingFigure } from './observing/observing-figure.ts'
import { outageFigure } from './outage/outage-figure.ts'
import { packageFigure } from './package/package-figure.ts'
import { pageFigure } from './page/page-figure.ts'
import { pipelineFigure } from './pipeline/pipeline-figure.ts'
import { latePolls } from './polling/late-polls.ts'
import { pollingFigure } from './polling/polling-figure.ts'
import { replayFigure } from './replay/replay-figure.ts'
import { resumingFigure } from './resuming/resuming-figure.ts'
import { startsFigure } from './starts/starts-figure.ts'
import { memoryFigure } from './transfers/memory-figure.ts'
import { transfersFigure } from './transfers/transfers-figure.ts'

/** What `--only` may name, in the order of the table. */
export const FIGURES: Record<string, Figure> = {
  pipeline: pipelineFigure,
  ledger: ledgerFigure,
  reserve: reserveFigure,
  polling: async (context) => [...(await pollingFigure(context)), ...(await latePolls(context))],
  transfers: transfersFigure,
  memory: memoryFigure,
  starts: startsFigure,
  observing: observingFigure,
  outage: outageFigure,
  resuming: resumingFigure,
  gateway: gatewayFigure,
  replay: replayFigure,
  package: packageFigure,
  page: pageFigure,
  'cut-outs': cutOutsFigure,
  faults: faultsFigure,
}
