import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { DEFAULT_POLICY_SETTINGS } from '../../domain/policies.ts'
import { workflowIdOf } from '../../domain/removal-id.ts'
import type { Bundle } from '../../testing/tapes/bundle.schema.ts'
import { readBundle } from '../../testing/tapes/read-bundle.ts'
import { recordedSteps } from '../../testing/tapes/recorded-steps.ts'
import { createTapePlayer } from '../../testing/tapes/tape-player.ts'
import { startTemporalServer } from '../../testing/temporal-server.ts'
import { jsonFromHistory } from '../../worker/replay/history-json.ts'
import { changeAdmission } from './support/change-bundle.ts'

const TAPE = join(import.meta.dirname, 'recorded/served.bundle.json.gz')

it('a tape has none of the settings of the tape before', async () => {
  const temporal = await startTemporalServer('time-skipping')
  onTestFinished(() => temporal.teardown())
  const player = await createTapePlayer(temporal)
  onTestFinished(() => player.close())
  const [patient, older] = [await readBundle(TAPE), await readBundle(TAPE)]
  changeAdmission(patient, (admission) => ({
    ...admission,
    settings: { ...admission.settings, callTimeoutMs: 77_000 },
  }))
  changeAdmission(older, (admission) => ({ ...admission, settings: undefined }))

  await player.play('patient', patient)
  await player.play('older', older)

  const admittedWith = async (id: string): Promise<unknown> => {
    const history = jsonFromHistory(await temporal.client.workflow.getHandle(workflowIdOf(id)).fetchHistory())
    const { activities } = recordedSteps({ histories: [history as Bundle['histories'][number]] })
    return activities.find(({ type }) => type === 'admitRemoval')?.result
  }
  expect(await admittedWith('tape-1')).toMatchObject({ settings: { callTimeoutMs: 77_000 } })
  expect(await admittedWith('tape-2')).toMatchObject({ settings: DEFAULT_POLICY_SETTINGS })
})
