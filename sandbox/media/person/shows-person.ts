const SURE = 0.9
const LEAST_SHARE = 0.01

/** Whether a mask holds somebody: enough of it is sure, and more than is in doubt, as it is where nobody is. */
export function showsPerson(mask: Float32Array): boolean {
  let sure = 0
  let doubtful = 0
  for (const value of mask) {
    if (value > SURE) sure += 1
    else if (value > 1 - SURE) doubtful += 1
  }
  return sure > LEAST_SHARE * mask.length && sure > doubtful
}
