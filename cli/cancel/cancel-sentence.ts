import type { RemovalDocument, VendorJobLeft } from '../../domain/removal-document.ts'
import { isFinal } from '../../domain/removal-document.ts'

const LEFT: Record<VendorJobLeft, string> = {
  none: 'nothing was bought',
  draft: 'the vendor job was never started: nothing was bought',
  running: 'the vendor has no cancel: its job runs on and bills',
  unknown: 'whether the vendor job was started is not known: it may bill',
}

/** What became of a removal that was asked to cancel, and what it costs. */
export function cancelSentence(document: RemovalDocument): string {
  const { id, state } = document
  if (state === 'cancelled') return [`cancelled ${id}`, ...leftAtVendor(document)].join('; ')
  return isFinal(state)
    ? `${id} had ${state} already`
    : `asked ${id} to cancel; it ends with its current step`
}

/** What a cancelled removal has left at the vendor; nothing for others. */
export function leftAtVendor({ vendorJob, credits: { charged } }: RemovalDocument): string[] {
  if (vendorJob === null) return []
  if (vendorJob === 'none' && charged) return [`its vendor job had ended: ${charged} credits charged`]
  return [LEFT[vendorJob]]
}
