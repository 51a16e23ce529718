import { createRequire } from 'node:module'
import type { Logger } from 'pino'

/** OpenTelemetry's own distribution for Node, which reads the `OTEL_…` variables. It is the operator's to install. */
const SDK = '@opentelemetry/sdk-node'

interface NodeSdk {
  start(): void
  shutdown(): Promise<void>
}

/**
 * Starts the exporter that the standard `OTEL_…` variables ask for. Null where they ask for none, or where the SDK is not
 * installed, which the log says.
 */
export async function startExporter(
  environment: Readonly<Record<string, string | undefined>>,
  log: Pick<Logger, 'warn' | 'info'>,
  sdkPackage = SDK,
): Promise<NodeSdk | null> {
  if (!asksForTraces(environment)) return null
  try {
    const path = createRequire(import.meta.url).resolve(sdkPackage)
    const { NodeSDK } = (await import(path)) as { NodeSDK: new (options: object) => NodeSdk }
    const sdk = new NodeSDK({ serviceName: environment['OTEL_SERVICE_NAME'] ?? 'matteflow' })
    sdk.start()
    log.info('traces are exported as the OTEL_ variables say')
    return sdk
  } catch (error) {
    const reason = String(error).slice(0, 200)
    log.warn(
      { reason, hint: `Run npm install ${SDK}, or unset the OTEL_ variables.` },
      'no traces are exported',
    )
    return null
  }
}

function asksForTraces(environment: Readonly<Record<string, string | undefined>>): boolean {
  if (environment['OTEL_SDK_DISABLED'] === 'true' || environment['OTEL_TRACES_EXPORTER'] === 'none')
    return false
  return ['OTEL_TRACES_EXPORTER', 'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT'].some(
    (name) => (environment[name] ?? '').trim() !== '',
  )
}
