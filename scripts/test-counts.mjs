/**
 * The counts in a report of Vitest's JSON reporter; a file that could not be loaded counts as one failed test.
 * @param {string} json empty where there is no report
 * @returns {{ passed: number, failed: number, skipped: number }}
 */
export function countsFrom(json) {
  if (json === '') return { passed: 0, failed: 1, skipped: 0 }
  const report = JSON.parse(json)
  const broken = report.testResults.filter(
    (/** @type {{ status: string, assertionResults: { status: string }[] }} */ file) =>
      file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed'),
  )
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests + broken.length,
    skipped: report.numPendingTests + report.numTodoTests,
  }
}
