import { GatewayRefusal } from '../http/problem.ts'

/** How much one project may ask of one gateway. */
export interface Limits {
  /** Requests in the long run, and at once after a quiet moment. */
  requestsPerSecond: number
  requestsAtOnce: number
  uploadsInFlight: number
  uploadBytesPerHour: number
}

/** Far above what people and services need, far below what takes a gateway down; a hundred of the largest videos an hour. */
export const DEFAULT_LIMITS: Limits = {
  requestsPerSecond: 500,
  requestsAtOnce: 1_000,
  uploadsInFlight: 16,
  uploadBytesPerHour: 50_000_000_000,
}

/** Bytes of an upload that are on their way. */
export interface UploadInFlight {
  /** Counts bytes as they arrive; throws a 429 where the project has brought too many. */
  took(bytes: number): void
  end(): void
}

/** Keeps one project from taking what the others need. Each replica counts for itself. */
export interface ProjectLimits {
  /** Throws a 429 for a project that asks too often. */
  takeRequest(project: string): void
  /** Throws a 429 for a project with too many uploads at once. */
  beginUpload(project: string): UploadInFlight
}

interface Counts {
  left: number
  filledAtMs: number
  inFlight: number
  hourBeganMs: number
  hourBytes: number
}

const HOUR_MS = 3_600_000
/** Names that were never a project's, like those of guesses, must not fill the memory. */
const MOST_PROJECTS = 10_000

export function createProjectLimits(limits: Limits, now: () => number): ProjectLimits {
  const projects = new Map<string, Counts>()

  function countsOf(project: string): Counts {
    const known = projects.get(project)
    if (known !== undefined) return known
    if (projects.size >= MOST_PROJECTS) projects.clear()
    const counts = {
      left: limits.requestsAtOnce,
      filledAtMs: now(),
      inFlight: 0,
      hourBeganMs: now(),
      hourBytes: 0,
    }
    projects.set(project, counts)
    return counts
  }

  return {
    takeRequest(project) {
      const counts = countsOf(project)
      const nowMs = now()
      const grown = ((nowMs - counts.filledAtMs) / 1_000) * limits.requestsPerSecond
      counts.left = Math.min(limits.requestsAtOnce, counts.left + grown)
      counts.filledAtMs = nowMs
      if (counts.left < 1) throw tooMany('The project sends too many requests.', 1 / limits.requestsPerSecond)
      counts.left -= 1
    },

    beginUpload(project) {
      const counts = countsOf(project)
      if (counts.inFlight >= limits.uploadsInFlight) {
        throw tooMany(`The project has ${counts.inFlight} uploads under way, as many as it may.`, 5)
      }
      counts.inFlight += 1
      let isOver = false
      return {
        took(bytes) {
          const nowMs = now()
          if (nowMs - counts.hourBeganMs > HOUR_MS) {
            counts.hourBeganMs = nowMs
            counts.hourBytes = 0
          }
          counts.hourBytes += bytes
          if (counts.hourBytes <= limits.uploadBytesPerHour) return
          const again = (counts.hourBeganMs + HOUR_MS - nowMs) / 1_000
          throw tooMany('The project has uploaded as many bytes as it may in an hour.', again)
        },
        end() {
          if (!isOver) counts.inFlight -= 1
          isOver = true
        },
      }
    },
  }
}

function tooMany(detail: string, againInSeconds: number): GatewayRefusal {
  const headers = { 'retry-after': String(Math.max(1, Math.ceil(againInSeconds))) }
  return new GatewayRefusal('too-many-requests', detail, { headers })
}
