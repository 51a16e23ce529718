import type { ConnectionLike } from '@temporalio/client'
import { Client } from '@temporalio/client'
import type { Config } from '../../adapters/environment/config.ts'
import { dataConverterFor } from '../data-converter.ts'

/** A client that writes and reads payloads as the configuration says. Every client of a role or a command is made here. */
export function openClient(
  connection: ConnectionLike,
  namespace: string,
  config: Pick<Config, 'payloadKeys'>,
): Client {
  return new Client({ connection, namespace, dataConverter: dataConverterFor(config) })
}
