import type { Server } from 'node:http'

/** Starts to listen. Throws when the port is not free. */
export function startListening(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
}

const CLOSE_IDLE_EVERY_MS = 20

/** Stops to accept connections, and waits until the requests that run have ended. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((resolve) => {
    // Repeated, because a connection becomes idle only when its last response has ended. Without this, the server would
    // wait for clients, which keep idle connections open for seconds.
    const closing = setInterval(() => server.closeIdleConnections(), CLOSE_IDLE_EVERY_MS)
    server.close(() => {
      clearInterval(closing)
      resolve()
    })
    server.closeIdleConnections()
  })
}
