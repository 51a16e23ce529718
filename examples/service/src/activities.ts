import type { RemovalDocument, Storage } from 'matteflow/client'

export interface Published {
  orderId: string
  location: string
  credits: number
}

export type Activities = ReturnType<typeof createActivities>

/** Temporal repeats an activity that was cut off, so that a second run has to change nothing. */
export function createActivities(storage: Storage) {
  return {
    /** Puts the order's entry into the catalog. */
    async publish(orderId: string, { output, credits }: RemovalDocument): Promise<Published> {
      const entry = { orderId, location: output?.location ?? '', credits: credits.charged ?? 0 }
      await storage.write(`catalog/${orderId}.json`, new Blob([JSON.stringify(entry)]).stream())
      return entry
    },
  }
}
