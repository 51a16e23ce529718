import { Problem, problemFromAnswer } from './problem.ts'

/** One request to the gateway that this page came from. Rejects with a `Problem`. */
export async function ask<Answer>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Answer> {
  const answer = await fetch(path, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new Problem(
      'The gateway cannot be reached',
      `${error instanceof Error ? error.message : String(error)}. What runs goes on without this page.`,
    )
  })
  if (!answer.ok) throw await problemFromAnswer(answer)
  return answer.status === 204 ? (undefined as Answer) : ((await answer.json()) as Answer)
}
