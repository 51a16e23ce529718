import { describe, expect, it } from 'vitest'
import type { ReportedJob, SandboxReport } from '../../sandbox/index.ts'
import { assertBought, assertCollected } from '../../testing/index.ts'

function aJob(given: Partial<ReportedJob>): ReportedJob {
  return {
    id: 'job_1',
    input: 'clip.mp4',
    keyFingerprint: 'f',
    model: 'original',
    outputFormat: 'webm',
    status: 'completed',
    starts: 1,
    purchases: 1,
    collected: true,
    billedMillicredits: 2_250,
    durationSeconds: 3,
    downloads: 1,
    renderedBy: 'key',
    webhooks: {},
    ...given,
  }
}

function aBill(...jobs: ReportedJob[]): SandboxReport {
  return {
    uploads: jobs.length,
    drafts: jobs.length,
    orphanDrafts: 0,
    startsAccepted: 0,
    jobsBought: jobs.reduce((sum, { purchases }) => sum + purchases, 0),
    jobsCompleted: 0,
    jobsFailed: 0,
    creditsBilledMillicredits: 0,
    outputsDownloaded: [],
    jobs,
    knowsPeople: false,
    requests: {},
  }
}

describe('what was bought', () => {
  it('is as many jobs as were wanted', () => {
    expect(() => assertBought(aBill(aJob({}), aJob({ id: 'job_2', purchases: 0 })), 1)).not.toThrow()
    expect(() => assertBought(aBill(), 0)).not.toThrow()
  })

  it('is named with its inputs where it was too much', () => {
    const bill = aBill(aJob({ purchases: 2 }), aJob({ id: 'job_2', input: null, status: 'failed' }))

    expect(() => assertBought(bill, 1)).toThrow(
      'bought 3, wanted 1: job_1 (clip.mp4, completed, billed 2 times), job_2 (from a URL, failed)',
    )
  })

  it('is missed where it was too little', () => {
    expect(() => assertBought(aBill(aJob({ purchases: 0 })), 1)).toThrow(/^bought 0, wanted 1$/)
  })
})

describe('what was collected', () => {
  it('is whatever was bought and did not fail at the vendor', () => {
    const failed = aJob({ id: 'job_2', status: 'failed', collected: false })
    const draft = aJob({ id: 'job_3', status: 'draft', purchases: 0, collected: false })

    expect(() => assertCollected(aBill(aJob({}), failed, draft))).not.toThrow()
  })

  it('is named where it was left at the vendor', () => {
    const bill = aBill(aJob({}), aJob({ id: 'job_2', status: 'processing', collected: false }))

    expect(() => assertCollected(bill)).toThrow('bought and not collected: job_2 (clip.mp4, processing)')
  })
})
