import type { Command } from 'commander'
import type { EndWith } from '../terminal/command.ts'
import type { Terminal } from '../terminal/terminal.ts'

export function addGateway(program: Command, terminal: Terminal, endWith: EndWith): void {
  program
    .command('gateway')
    .description(
      'run the HTTP gateway: the API, uploads, live events, the page, and the callbacks of the vendor',
    )
    .addHelpText(
      'after',
      `
Example:
  GATEWAY_TOKENS=acme:$(openssl rand -hex 24) TEMPORAL_ADDRESS=temporal:7233 DATABASE_URL=postgres://… STORAGE_URL=s3://… npx matteflow gateway

GATEWAY_PORT is 8080 unless set. Without GATEWAY_TOKENS only this machine is answered.`,
    )
    .action(async () => {
      const { runGatewayRole } = await import('./run-gateway-role.ts')
      endWith(await runGatewayRole(terminal))
    })
}
