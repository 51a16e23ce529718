import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Config } from '../adapters/environment/config.ts'
import { servedActivities } from './served-activities.ts'
import { workflowBundlePath } from './workflow-bundle.ts'

/**
 * Names what removals run on: the workflow code, and the activities by the queue that serves them. The same on every
 * machine. A deploy that changes neither is no new version, so that nothing has to be drained for it. What an activity takes
 * and gives is told by the workflow code that calls it.
 */
export async function deploymentBuildId(
  activitiesOf: Readonly<Record<string, readonly string[]>>,
  bundlePath?: string,
): Promise<string> {
  const code = await readFile(bundlePath ?? (await workflowBundlePath()), 'utf8')
  const contract = Object.entries(activitiesOf)
    .map(([queue, types]) => `${queue}: ${types.toSorted().join(' ')}`)
    .toSorted()
  // The source map names the folders of the machine that built it.
  const [program = ''] = code.split('//# sourceMappingURL=')
  return createHash('sha256')
    .update([program, ...contract].join('\n'))
    .digest('hex')
    .slice(0, 12)
}

/** The version that this build's workers have in a deployment. */
export async function deploymentVersion({
  name,
  buildId,
}: NonNullable<Config['deployment']>): Promise<{ deploymentName: string; buildId: string }> {
  const activities = servedActivities().map(({ taskQueue, types }) => [taskQueue, types] as const)
  return {
    deploymentName: name,
    buildId: buildId ?? (await deploymentBuildId(Object.fromEntries(activities))),
  }
}
