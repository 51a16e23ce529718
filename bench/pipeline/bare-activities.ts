/** What the bare workflow runs. */
export const bareActivities = { nothing: async (): Promise<void> => {} }
export type BareActivities = typeof bareActivities
