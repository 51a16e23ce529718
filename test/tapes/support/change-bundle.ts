import type { Bundle } from '../../../testing/tapes/bundle.schema.ts'

interface Payloads {
  payloads: object[]
}

/** What the first run of a bundle's removal was started with, as payloads. */
export function inputOf(bundle: Bundle): Payloads {
  return attributesOf(bundle, 'workflowExecutionStartedEventAttributes')['input'] as Payloads
}

/** Changes what the first run was started with. */
export function changeArgs(bundle: Bundle, change: (args: unknown[]) => unknown[]): void {
  const { payloads } = inputOf(bundle)
  change(payloads.map(jsonIn)).forEach((arg, index) => putJson(payloads[index], arg))
}

/** Changes what the admission gave, which is what the first activity gives. */
export function changeAdmission(bundle: Bundle, change: (admission: { settings: object }) => object): void {
  const { payloads } = attributesOf(bundle, 'activityTaskCompletedEventAttributes')['result'] as Payloads
  putJson(payloads[0], change(jsonIn(payloads[0]) as { settings: object }))
}

function attributesOf({ histories }: Bundle, name: string): Record<string, unknown> {
  const event = histories[0]?.events.find((each) => name in each)
  return event?.[name] as Record<string, unknown>
}

function jsonIn(payload: object | undefined): unknown {
  const { data = '' } = payload as { data?: string }
  return data === '' ? null : JSON.parse(Buffer.from(data, 'base64').toString())
}

function putJson(payload: object | undefined, value: unknown): void {
  if (payload !== undefined && value !== null)
    Object.assign(payload, { data: Buffer.from(JSON.stringify(value)).toString('base64') })
}
