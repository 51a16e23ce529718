import type { RemoteSandbox } from './sandbox.ts'

/** The controls of a sandbox that runs in another process. */
export function connectSandbox(url: string): RemoteSandbox {
  const base = url.replace(/\/$/, '')
  async function call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${base}/__sandbox/${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(body === undefined ? {} : { headers: { 'content-type': 'application/json' } }),
    })
    if (!response.ok)
      throw new Error(`sandbox ${method} ${path}: ${response.status} ${await response.text()}`)
    return (await response.json()) as T
  }
  return {
    url: base,
    report: () => call('GET', 'report'),
    requests: () => call('GET', 'requests'),
    addFaults: (faults) => call('POST', 'faults', faults),
    clearFaults: (input) =>
      call('DELETE', input === undefined ? 'faults' : `faults?input=${encodeURIComponent(input)}`),
    setModes: (modes) => call('POST', 'modes', modes),
    setStartModes: (input, modes) => call('POST', `modes?input=${encodeURIComponent(input)}`, modes),
    setCredits: (credits) => call('POST', 'credits', { credits }),
    setWebhookSecret: (secret) => call('POST', 'webhooks', { secret }),
    revokeKey: (key) => call('POST', 'keys', { revoke: key }),
    acceptKey: (key) => call('POST', 'keys', { accept: key }),
  }
}
