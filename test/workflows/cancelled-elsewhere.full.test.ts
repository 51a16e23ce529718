import { ALWAYS, answer, hang, neverEnd, resetBefore } from '../../sandbox/index.ts'
import { asked, describeCancelled, faulty } from './support/cancelled-case.ts'
import { untilParkedFor, untilState } from './support/observe.ts'
import { useEnvironments } from './support/use-environments.ts'

describeCancelled(useEnvironments('dev'), [
  {
    when: 'during the upload',
    settings: faulty(hang('upload')),
    reached: asked('upload'),
    vendorJob: 'none',
    bought: 0,
  },
  {
    when: 'while the job runs',
    settings: faulty(neverEnd()),
    reached: (environment, handle) => untilState(environment, handle, 'processing'),
    vendorJob: 'running',
    bought: 1,
  },
  {
    when: 'while it is parked with an unknown outcome',
    settings: {
      // A doubt window short enough to sit through.
      variables: { MATTEFLOW_CALL_TIMEOUT: '2s', MATTEFLOW_SETTLE_MARGIN: '100ms' },
      sandbox: { modes: { draftShownAs: 'pending' }, faults: [resetBefore('start')] },
    },
    reached: (environment, handle) => untilParkedFor(environment, handle, 'UnknownOutcome'),
    vendorJob: 'unknown',
    bought: 0,
  },
  {
    when: 'in the back-off after a failed create',
    settings: faulty(answer('create', 503, { occurrence: ALWAYS })),
    reached: asked('create'),
    vendorJob: 'none',
    bought: 0,
  },
  {
    when: 'while it is parked after the start',
    settings: faulty(neverEnd(), answer('status', 401, { occurrence: ALWAYS })),
    reached: (environment, handle) => untilParkedFor(environment, handle, 'CredentialsRejected'),
    vendorJob: 'running',
    bought: 1,
  },
  {
    when: 'while its output is retrieved',
    settings: faulty(hang('output')),
    reached: asked('output'),
    vendorJob: 'none',
    bought: 1,
  },
])
