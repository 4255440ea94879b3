import { createConnection, type Socket } from 'node:net'

/** A keep-alive HTTP connection that sends one request at a time. */
export interface Connection {
  /** Sends the bytes of a request. Returns the bytes of the response, with its head. */
  exchange(request: Buffer): Promise<Buffer>
  close(): void
}

const HEAD_END = Buffer.from('\r\n\r\n')
const LAST_CHUNK = Buffer.from('0\r\n\r\n')
const NOTHING = Buffer.alloc(0)

/**
 * Opens a connection. It uses a socket directly, without an HTTP library, so that the load client needs little CPU time
 * on the machine of the measured servers.
 */
export async function openConnection(host: string, port: number): Promise<Connection> {
  const socket = await connectSocket(host, port)
  let received: Buffer = NOTHING
  let pending: { resolve(response: Buffer): void; reject(error: Error): void } | null = null
  const fail = (error: Error) => {
    pending?.reject(error)
    pending = null
  }
  socket.on('data', (chunk: Buffer) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
    if (!isComplete(received)) return
    const response = received
    const completed = pending
    received = NOTHING
    pending = null
    completed?.resolve(response)
  })
  socket.on('error', fail)
  socket.on('close', () => fail(new Error('The server closed the connection.')))
  return {
    exchange(request) {
      return new Promise((resolve, reject) => {
        pending = { resolve, reject }
        socket.write(request)
      })
    },
    close: () => socket.destroy(),
  }
}

/** Returns the bytes of a POST request with a JSON body. */
export function postRequest(url: URL, authorization: string, body: string): Buffer {
  const head = [
    `POST ${url.pathname} HTTP/1.1`,
    `host: ${url.host}`,
    `authorization: ${authorization}`,
    'content-type: application/json',
    'accept: application/json',
    `content-length: ${Buffer.byteLength(body)}`,
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

/** Whether a response has been received completely, according to its content-length or its last chunk. */
function isComplete(response: Buffer): boolean {
  const headEnd = response.indexOf(HEAD_END)
  if (headEnd < 0) return false
  const length = /^content-length: *(\d+)/im.exec(response.toString('latin1', 0, headEnd))?.[1]
  if (length !== undefined) return response.length >= headEnd + HEAD_END.length + Number(length)
  return response.subarray(-LAST_CHUNK.length).equals(LAST_CHUNK)
}

function connectSocket(host: string, port: number): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host, port, noDelay: true })
    socket.once('error', reject)
    socket.once('connect', () => {
      socket.off('error', reject)
      resolve(socket)
    })
  })
}
