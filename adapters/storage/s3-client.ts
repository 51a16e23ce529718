import { S3Client } from '@aws-sdk/client-s3'
import { defaultProvider } from '@aws-sdk/credential-provider-node'
import type { Proxies } from '../../domain/proxies.ts'
import { proxyOf } from '../../domain/proxies.ts'
import { isCredentialsError } from './errors.ts'

/** Clients of one store. */
interface S3Clients {
  /** For calls whose answers are short: a socket that is silent for long ends them. */
  calls: S3Client
  /** For large answers: their reader may be slow, and the silence of a reader is not the silence of the store. */
  reads: S3Client
}

/** The way to a store; the clients are made at the first call, and anew after credentials were refused. */
export interface S3Access {
  use<Result>(call: (clients: S3Clients) => Promise<Result>): Promise<Result>
}

const CONNECT_TIMEOUT_MS = 5_000

/** Region, endpoint and credentials as the AWS tools find them: variables, then the profile, then the machine's role. */
export function createS3Access(
  bucket: string,
  { proxies, socketTimeoutMs }: { proxies: Proxies; socketTimeoutMs: number },
): S3Access {
  let opened: Promise<S3Clients> | undefined
  return {
    async use(call) {
      const current = (opened ??= openClients(bucket, proxies, socketTimeoutMs))
      try {
        return await call(await current)
      } catch (error) {
        // A key that was rotated, or a session that ended, is read anew by the next call.
        if (opened === current && isCredentialsError(error)) opened = undefined
        throw error
      }
    },
  }
}

async function openClients(bucket: string, proxies: Proxies, socketTimeoutMs: number): Promise<S3Clients> {
  const options = await s3ClientOptions(bucket, proxies)
  const { requestHandler } = options
  return {
    calls: new S3Client({
      ...options,
      requestHandler: { ...requestHandler, socketTimeout: socketTimeoutMs },
    }),
    reads: new S3Client(options),
  }
}

/** How a client reaches the store of a bucket, by what the environment and the profile say of it. */
export async function s3ClientOptions(bucket: string, proxies: Proxies) {
  const settings = await settingsFrom(bucket)
  const proxy = proxyOf(proxies, settings.address)
  const agent = {
    keepAlive: true,
    maxSockets: 50,
    ...(proxy !== null && { proxyEnv: { HTTP_PROXY: proxy, HTTPS_PROXY: proxy } }),
  }
  return {
    ...settings.client,
    // Credentials of a file that has changed since this process began.
    credentialDefaultProvider: (init: object) => defaultProvider({ ...init, ignoreCache: true }),
    requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, httpAgent: agent, httpsAgent: agent },
  }
}

/** What the environment and the profile say of the store, and what follows for the client. */
async function settingsFrom(bucket: string) {
  const asConfigured = new S3Client({})
  try {
    // The types hide it, since a client that is given an endpoint has none; it reads variables and the profile.
    const { serviceConfiguredEndpoint } = asConfigured.config as unknown as {
      serviceConfiguredEndpoint(): Promise<string | undefined>
    }
    const endpoint = await serviceConfiguredEndpoint()
    if (endpoint === undefined) {
      const region = await asConfigured.config.region()
      const address = new URL(`https://${bucket}.s3.${region}.amazonaws.com`)
      return { address, client: { region, followRegionRedirects: true } }
    }
    const region = await asConfigured.config.region().catch(() => 'us-east-1')
    const client = {
      endpoint,
      region,
      // A store of one's own rarely has a name for each bucket, and often knows no checksums but the old ones.
      forcePathStyle: true,
      ...(!process.env['AWS_REQUEST_CHECKSUM_CALCULATION'] && {
        requestChecksumCalculation: 'WHEN_REQUIRED' as const,
      }),
      ...(!process.env['AWS_RESPONSE_CHECKSUM_VALIDATION'] && {
        responseChecksumValidation: 'WHEN_REQUIRED' as const,
      }),
    }
    return { address: new URL(endpoint), client }
  } finally {
    asConfigured.destroy()
  }
}
