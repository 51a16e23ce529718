import type { ConnectionOptions } from '@temporalio/client'
import { Connection, defaultGrpcRetryOptions, makeGrpcRetryInterceptor } from '@temporalio/client'
import { isLoopback } from '../../domain/proxies.ts'
import { connectWithPatience } from '../../worker/temporal/connect-with-patience.ts'
import type { TemporalTarget } from '../../worker/temporal/temporal-target.ts'

/** A server that restarts is back within this time; a command whose server is not there says so after it. */
const PATIENCE_MS = 5_000

/** Connects a client, with a few attempts since the SDK makes one; `PlatformUnavailable` when none succeeds. */
export function connectTemporal(
  { address, connection }: Pick<TemporalTarget, 'address' | 'connection'>,
  { patienceMs = PATIENCE_MS } = {},
): Promise<Connection> {
  return connectWithPatience(
    () => Connection.connect(optionsFor({ address, connection })),
    { address, connection },
    { patienceMs },
  )
}

/** A connection that is made at its first question, and again after each break. */
export function connectLazily(target: Pick<TemporalTarget, 'address' | 'connection'>): Connection {
  return Connection.lazy(optionsFor(target))
}

function optionsFor({
  address,
  connection,
}: Pick<TemporalTarget, 'address' | 'connection'>): ConnectionOptions {
  return {
    address,
    connectTimeout: '3s',
    interceptors: [makeGrpcRetryInterceptor(defaultGrpcRetryOptions()), endedByClosing],
    ...withoutProxy(address),
    ...connection,
  }
}

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number]
type Call = ReturnType<Interceptor>

/** gRPC's code for a call that its own side gave up. */
const CANCELLED = 1

/**
 * A question that waits for its next try while the connection is closed ends as cancelled. The SDK's timer would throw where
 * nobody catches it, and end the process.
 */
const endedByClosing: Interceptor = (options, nextCall) => {
  try {
    return nextCall(options) as Call
  } catch (error) {
    const details = error instanceof Error ? error.message : String(error)
    const ended: Pick<Call, 'start' | 'sendMessage' | 'halfClose'> = {
      start: (metadata, listener) => listener?.onReceiveStatus?.({ code: CANCELLED, details, metadata }),
      sendMessage: () => {},
      halfClose: () => {},
    }
    return ended as Call
  }
}

/** A server on this machine is never asked for through a proxy, whatever the environment says of the way out. */
function withoutProxy(address: string): { channelArgs?: Record<string, number> } {
  const host = address.replace(/:\d+$/, '')
  return isLoopback(host) ? { channelArgs: { 'grpc.enable_http_proxy': 0 } } : {}
}
