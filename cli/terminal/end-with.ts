/** Hears what the process ends with. */
export type EndWith = (exitCode: number) => void
