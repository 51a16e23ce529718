import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addCodec(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('codec')
    .description('run a codec server, by which the Temporal UI and its command line show encrypted payloads')
    .addHelpText(
      'after',
      `
Example:
  MATTEFLOW_PAYLOAD_KEYS_FILE=/run/secrets/payload-keys CODEC_TOKENS=$(openssl rand -hex 24) CODEC_ORIGINS=http://127.0.0.1:8233 npx matteflow codec

Listens on 127.0.0.1:8081 unless CODEC_HOST and CODEC_PORT say otherwise. In the UI, the address of the codec server is the
URL with a token at its end, http://127.0.0.1:8081/<token>; the command line takes --codec-endpoint and --codec-auth.`,
    )
    .action(async () => {
      const { runCodecRole } = await import('./run-codec-role.ts')
      endWith(await runCodecRole(terminal))
    })
}
