import type { FastifyInstance } from 'fastify'
import type { VariableName } from '../../domain/environment.ts'
import { RemovalFailure } from '../../domain/removal-failure.ts'

/** Where a server is to be reached, and the variable that says its port. */
interface Place {
  host: string
  port: number
  variable: VariableName
}

/** Starts to listen; gives the port, which 0 leaves to the system. `InvalidRequest` where the port cannot be had. */
export async function listen(server: FastifyInstance, { host, port, variable }: Place): Promise<number> {
  try {
    await server.listen({ host, port })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error
    const reason = code === 'EACCES' ? 'may not be used by this user' : 'is taken by another program'
    throw new RemovalFailure('InvalidRequest', `${variable}: ${port} ${reason}`, {
      hint: `Set ${variable} to a free port; 0 takes any.`,
      cause: error,
    })
  }
  const address = server.server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}
