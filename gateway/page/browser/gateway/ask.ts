import { Problem, problemFromResponse } from './problem.ts'

/** One request to the gateway that this page came from. Rejects with a `Problem`. */
export async function ask<Body>(
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  { body, headers = {} }: { body?: unknown; headers?: Record<string, string> } = {},
): Promise<Body> {
  const response = await fetch(path, {
    method,
    headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch((error: unknown) => {
    throw new Problem(
      'The gateway cannot be reached',
      `${error instanceof Error ? error.message : String(error)}. What runs goes on without this page.`,
    )
  })
  if (!response.ok) throw await problemFromResponse(response)
  return response.status === 204 ? (undefined as Body) : ((await response.json()) as Body)
}
