// Everything in one process, for a first look: Temporal, ledger and storage of its own, and a sandbox instead of the vendor.
import { makeClip, startRemovalEnvironment, startTemporalServer } from 'matteflow/testing'
import { startService } from './service.ts'

const temporal = await startTemporalServer('dev')
const environment = await startRemovalEnvironment({ temporal, withoutWorkers: true })
const service = await startService(temporal.nativeConnection, environment.settings, 3000)
const clip = await makeClip('clip.mp4')
console.log(`
curl -T ${clip} -H 'content-type: video/mp4' ${service.url}/removals/first
curl ${service.url}/removals/first
curl -o first.webm ${service.url}/removals/first/output

curl -T ${clip} -H 'content-type: video/mp4' ${service.url}/orders/second
curl ${service.url}/orders/second
`)
await service.ended
await service.close()
await environment.close()
await temporal.teardown()
