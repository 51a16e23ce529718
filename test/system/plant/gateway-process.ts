import { freePort } from '../../../testing/postgres-server.ts'
import { LAUNCHER } from './launcher.ts'
import type { Mortal } from './mortal.ts'
import { startMortal } from './mortal.ts'
import type { Plant } from './plant.ts'

/** A gateway in a process of its own, at an address that outlives it. */
export interface GatewayProcess extends Mortal {
  url: string
  /** Starts it again on the same port. */
  revive(): Promise<void>
}

/** One of any number of gateways in front of the same plant. */
export async function startGatewayProcess({
  environment,
}: Pick<Plant, 'environment'>): Promise<GatewayProcess> {
  const port = await freePort()
  const start = () =>
    startMortal({
      command: process.execPath,
      args: [LAUNCHER, 'gateway'],
      environment: { ...environment, GATEWAY_PORT: String(port) },
      readyWhen: /gateway listens/,
    })
  let gateway = await start()
  return {
    url: `http://127.0.0.1:${port}`,
    isAlive: () => gateway.isAlive(),
    kill: () => gateway.kill(),
    stop: () => gateway.stop(),
    async revive() {
      gateway = await start()
    },
  }
}
