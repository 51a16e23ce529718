/** Each project is a handful of time series in every worker; beyond so many, names share one. */
const MOST_PROJECTS = 50
const OTHERS = 'other'
/** A caller may choose any name. */
const LONGEST_NAME = 64

/**
 * Bounds how many project names stand in the metrics of a process: the first 50 have their own label, all later ones
 * are `other`. Sums over all projects stay right; the ledger has each project (`matteflow usage`).
 */
export function createProjectLabels(most = MOST_PROJECTS): (project: string) => string {
  const known = new Set<string>()
  return (project) => {
    const label = project.slice(0, LONGEST_NAME)
    if (known.has(label)) return label
    if (known.size >= most) return OTHERS
    known.add(label)
    return label
  }
}
