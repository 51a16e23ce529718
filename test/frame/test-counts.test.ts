import { describe, expect, it } from 'vitest'
import { countsFrom } from '../../scripts/test-counts.mjs'

const report = (fields: object) =>
  JSON.stringify({
    numPassedTests: 0,
    numFailedTests: 0,
    numPendingTests: 0,
    numTodoTests: 0,
    testResults: [],
    ...fields,
  })

describe('the counts of a test run', () => {
  it('are those of the report', () => {
    const json = report({ numPassedTests: 7, numFailedTests: 2, numPendingTests: 1, numTodoTests: 3 })
    expect(countsFrom(json)).toEqual({ passed: 7, failed: 2, skipped: 4 })
  })

  it('are one failure where there is no report', () => {
    expect(countsFrom('')).toEqual({ passed: 0, failed: 1, skipped: 0 })
  })

  it('count a file that could not be loaded as one failed test', () => {
    const json = report({ numPassedTests: 5, testResults: [{ status: 'failed', assertionResults: [] }] })
    expect(countsFrom(json)).toEqual({ passed: 5, failed: 1, skipped: 0 })
  })

  it('count a file once whose failed tests are counted already', () => {
    const file = { status: 'failed', assertionResults: [{ status: 'passed' }, { status: 'failed' }] }
    const json = report({ numPassedTests: 1, numFailedTests: 1, testResults: [file] })
    expect(countsFrom(json)).toEqual({ passed: 1, failed: 1, skipped: 0 })
  })
})
