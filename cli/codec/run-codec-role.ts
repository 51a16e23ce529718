import { runCodecServer } from '../../gateway/codec/run-codec-server.ts'
import { createLog } from '../../worker/telemetry/log.ts'
import { readConfig } from '../terminal/read-config.ts'
import { stopSignalsOfChild } from '../terminal/stop-signals.ts'
import type { Terminal } from '../terminal/terminal.ts'

/** A codec server with the keys of the environment. */
export async function runCodecRole(terminal: Terminal): Promise<number> {
  const config = readConfig(terminal)
  const log = createLog(config.log)
  await runCodecServer(config, {
    log,
    signal: stopSignalsOfChild(),
    onListening: (url) => {
      log.info({ url, keys: config.payloadKeys.map(({ id }) => id) }, 'codec server listens')
      terminal.result(`url ${url}`)
      if (config.codec.origins.length === 0)
        terminal.say('no page may ask it, since CODEC_ORIGINS is not set; the command line may')
    },
  })
  return 0
}
