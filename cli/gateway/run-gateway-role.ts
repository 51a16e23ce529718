import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { runGateway } from '../../gateway/run-gateway.ts'
import { makeHome } from '../../local/home/home-paths.ts'
import { touchStack } from '../../local/stack/stack.ts'
import { connectLazily } from '../../local/temporal/connect-temporal.ts'
import { rolePlace } from '../../local/temporal/role-place.ts'
import { createLog } from '../../worker/telemetry/log.ts'
import { openClient } from '../../worker/temporal/open-client.ts'
import { productVersion } from '../../worker/versions.ts'
import { readConfig } from '../terminal/read-config.ts'
import { stopSignalsOfChild, tellListening } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** A gateway in front of the Temporal server that the environment names, else one more for the embedded stack. */
export async function runGatewayRole(terminal: Terminal): Promise<number> {
  const config = readConfig(terminal)
  await makeHome(config.home)
  const signal = stopSignalsOfChild()
  const log = createLog(config.log)
  const partsFolder = await useOwnFolderForParts(config.home)
  const place = await rolePlace(config, { environment: terminal.environment, log: terminal.say })
  const { address, namespace, connection: access } = place.temporal
  const connection = connectLazily({ address, connection: access })
  try {
    await runGateway(
      {
        ...config,
        storageUrl: place.storageUrl,
        vendor: { ...config.vendor, baseUrl: place.vendorBaseUrl },
      },
      {
        client: openClient(connection, namespace, config),
        databaseUrl: place.databaseUrl,
        temporalUiUrl: place.temporalUiUrl,
        version: productVersion(),
        log,
        partsFolder,
        signal,
        onListening: (url) => {
          tellListening()
          log.info({ url, isOpen: config.gateway.tokens.length === 0 }, 'gateway listens')
          terminal.result(`url ${url}`)
          if (config.gateway.tokens.length === 0)
            terminal.say('only this machine is answered, since GATEWAY_TOKENS is not set')
        },
        onUse: () => void touchStack(config.home),
      },
    )
    return 0
  } finally {
    await connection.close()
    await place.leave()
  }
}

/** The store of uploads cuts them into parts in the system's temporary folder, which a container often keeps in memory. */
async function useOwnFolderForParts(home: string): Promise<string> {
  const folder = join(home, 'work', 'upload-parts')
  await mkdir(folder, { recursive: true })
  process.env['TMPDIR'] = folder
  return folder
}
