import * as faults from '../../../../sandbox/faults/builders.ts'
import type { OutputFlaw } from '../../../../sandbox/index.ts'
import type { Scenario } from '../scenario.ts'
import { SERVED, served, UNFIT } from '../scenario.ts'
import { longWaits, outage, passingTrouble } from './any-call.ts'

const FLAWS: OutputFlaw[] = ['wrong-container', 'no-alpha', 'opaque-matte', 'empty-matte', 'wrong-length']
const TWICE = { from: 1, to: 2 } as const

/** The file that was paid for: fetched by every way there is, and refused only when it is proven wrong twice. */
export const OUTPUT_ROWS: Scenario[] = [
  ...passingTrouble('output'),
  ...longWaits('output').map(({ row }) => row),
  outage('output'),
  served('output is answered 401', [faults.answer('output', 401)]),
  ...([403, 404, 410] as const).flatMap((status) => [
    served(`output is dead (${status}), and re-minted`, [faults.deadOutput(status)]),
    served(
      `output stays dead (${status}) until somebody mends it`,
      [faults.deadOutput(status, { occurrence: faults.ALWAYS })],
      { kind: 'OutputExpired', exitCode: 5, ends: 'repaired' },
    ),
  ]),
  served('output ends half-way', [faults.cutOutput()]),
  served('output ends half-way three times', [faults.cutOutput({ occurrence: { from: 1, to: 3 } })]),
  served('output lacks its end once', [faults.shortOutput()]),
  { name: 'output lacks its end always', faults: [faults.shortOutput({ occurrence: TWICE })], end: UNFIT },
  served('output redirects to a host that is not allowed', [
    faults.redirectOutput('http://127.0.0.1:9/elsewhere'),
  ]),
  ...FLAWS.flatMap((flaw) => [
    served(`output is once of ${flaw}`, [faults.otherOutput(flaw)]),
    {
      name: `output is always of ${flaw}`,
      faults: [faults.otherOutput(flaw, { occurrence: TWICE })],
      end: UNFIT,
    },
  ]),
  {
    name: 'output is opaque, and another format may stand in',
    faults: [faults.otherOutput('opaque-matte', { occurrence: TWICE })],
    request: { fallback: [{ model: 'original', outputFormat: 'mov' }] },
    end: { ...SERVED, wanted: 2, bought: 2 },
  },
]
