export { isRemovalFailure } from '../../domain/removal-failure.ts'
export type { MatteflowPlugin, MatteflowPluginOptions } from './matteflow.ts'
export { matteflow } from './matteflow.ts'
