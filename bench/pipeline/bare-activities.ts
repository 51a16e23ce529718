import type { RemovalInput } from '../../activities/labels.ts'

/** What the bare workflow runs. Its input is what the interceptor of the logs reads. */
export const bareActivities = { nothing: async (_input: RemovalInput): Promise<void> => {} }
export type BareActivities = typeof bareActivities
