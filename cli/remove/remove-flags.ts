/** The flags of `remove` as typed; what they mean is read by `request-from-flags.ts`. */
export interface RemoveFlags {
  model?: string
  format?: string
  background?: string
  prompt?: string
  composition?: string
  preview?: string
  maxCredits?: string
  fallback?: string
  deadline?: string
  project?: string
  user?: string
  reference?: string
  id?: string
  new?: boolean
  out?: string
  detach?: boolean
  wait?: boolean
  json?: boolean
}
