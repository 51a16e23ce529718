import type { OutputWarning } from '../../../../domain/removal-document.ts'
import type { RemovalRequestInput } from '../../../../domain/removal-request.schema.ts'
import * as faults from '../../../../sandbox/faults/builders.ts'
import type { OutputFlaw, OutputOddity } from '../../../../sandbox/index.ts'
import type { Scenario } from '../scenario.ts'
import { SERVED, served, UNFIT } from '../scenario.ts'
import { longWaits, outage, passingTrouble } from './any-call.ts'

const FLAWS: OutputFlaw[] = ['wrong-container', 'no-alpha', 'opaque-matte', 'empty-matte', 'wrong-length']
const TWICE = { from: 1, to: 2 } as const

/** Outputs that are right and look odd: what they are asked as, and what is said about them. */
const ODDITIES: {
  oddity: OutputOddity
  request?: Partial<Omit<RemovalRequestInput, 'source'>>
  warnings: OutputWarning['code'][]
}[] = [
  { oddity: 'semi-transparent', warnings: ['alpha-partial'] },
  { oddity: 'figure-leaves', warnings: ['alpha-in-few-frames'] },
  { oddity: 'undeclared-alpha', warnings: ['alpha-undeclared'] },
  { oddity: 'other-brand', request: { outputFormat: 'mov' }, warnings: ['container-brand'] },
  { oddity: 'absolute-names', request: { outputFormat: 'png_sequence' }, warnings: [] },
]

/** The file that was paid for: fetched by every way there is, and refused only when it is proven wrong twice. */
export const OUTPUT_ROWS: Scenario[] = [
  ...passingTrouble('output'),
  ...longWaits('output'),
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
  served('output lacks its end twice', [faults.shortOutput({ occurrence: TWICE })]),
  {
    name: 'output lacks its end always',
    faults: [faults.shortOutput({ occurrence: faults.ALWAYS })],
    end: UNFIT,
  },
  ...['', 'identity', 'aws-chunked'].map((coding) =>
    served(`output is said to be coded as "${coding}", and is plain`, [
      faults.labelOutput(coding, { occurrence: faults.ALWAYS }),
    ]),
  ),
  served(
    'output stays dead, and the legacy route is answered 401, until somebody mends it',
    [
      faults.deadOutput(403, { occurrence: faults.ALWAYS }),
      faults.answer('download', 401, { occurrence: faults.ALWAYS }),
    ],
    { kind: 'OutputExpired', exitCode: 5, ends: 'repaired' },
  ),
  ...ODDITIES.map(({ oddity, request, warnings }) => ({
    name: `output is odd but right (${oddity}), and another may stand in`,
    faults: [faults.otherOutput(oddity, { occurrence: faults.ALWAYS })],
    request: { ...request, fallback: 'auto' as const },
    warnings,
    end: SERVED,
  })),
  {
    name: 'output is odd but right, and the request is strict',
    faults: [faults.otherOutput('semi-transparent', { occurrence: faults.ALWAYS })],
    request: { strict: true, fallback: 'auto' },
    end: UNFIT,
  },
  {
    name: 'output is always opaque, in whatever format, and auto may stand in once',
    faults: [faults.otherOutput('opaque-matte', { occurrence: faults.ALWAYS })],
    request: { fallback: 'auto' },
    end: { ...UNFIT, wanted: 2, bought: 2 },
  },
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
