/** The connection to a client. */
export interface ClientConnection {
  destroy(): unknown
  once(event: 'close', listener: () => void): unknown
  off(event: 'close', listener: () => void): unknown
}

/** A file that is written while it is sent. */
export interface FileSource {
  /** The pieces of the file. It is stopped by `return` when nobody reads the file any more. */
  readonly pieces: AsyncGenerator<string, unknown, undefined>
  /** Connection of the client; null when the request did not arrive through a socket, as in tests. */
  readonly connection: ClientConnection | null
  /** Milliseconds after which a client that does not read counts as gone. */
  readonly patienceMs: number
  /** Called once, when the file has ended in any way: with the error that ended it, or null. */
  readonly onEnd: (error: unknown) => void
}

/** A file that is being sent. */
export interface FileStream {
  readonly body: ReadableStream<Uint8Array>
  /** Ends the file before it is complete. */
  readonly interrupt: (reason: Error) => Promise<void>
}

/**
 * Sends a file piece by piece: a piece is asked for only when the client has taken the one before it. When a piece fails,
 * and when the client does not read for too long, the connection is closed, so that the client notices that the file is
 * not complete. Without a connection, the body ends with the error.
 * @throws the error of the first piece: the response has not begun then.
 */
export async function sendFile({ pieces, connection, patienceMs, onEnd }: FileSource): Promise<FileStream> {
  const encoder = new TextEncoder()
  let stalled: NodeJS.Timeout | undefined
  let isOver = false
  let isInterrupted = false
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined
  const end = (error: unknown) => {
    isOver = true
    clearTimeout(stalled)
    connection?.off('close', onClose)
    onEnd(error)
  }
  const breakOff = (error: unknown) => {
    if (isOver) return
    end(error)
    connection?.destroy()
    // An error would make the library that writes the body print it, and wait for a client that is gone.
    if (connection) controller?.close()
    else controller?.error(error)
  }
  /** Stops the pieces: their transaction ends, and their end is audited. Then ends the body. */
  const interrupt = async (reason: unknown) => {
    if (isOver || isInterrupted) return
    isInterrupted = true
    clearTimeout(stalled)
    try {
      await pieces.return(undefined)
      breakOff(reason)
    } catch (error) {
      breakOff(error)
    }
  }
  const onClose = () => void interrupt(new Error('The client has closed the connection.'))
  const wait = () => {
    stalled = setTimeout(() => {
      void interrupt(new Error(`The client did not read the file for ${patienceMs} ms.`))
    }, patienceMs)
    stalled.unref()
  }
  connection?.once('close', onClose)
  let first: IteratorResult<string> | null
  try {
    first = await pieces.next()
  } catch (error) {
    end(error)
    throw error
  }
  const body = new ReadableStream<Uint8Array>(
    {
      start(streamController) {
        controller = streamController
        wait()
      },
      async pull() {
        clearTimeout(stalled)
        try {
          const next = first ?? (await pieces.next())
          first = null
          // Interrupted pieces are at their end too, and the file is not.
          if (isOver || isInterrupted) return
          if (next.done) {
            end(null)
            controller?.close()
          } else {
            controller?.enqueue(encoder.encode(next.value))
            wait()
          }
        } catch (error) {
          breakOff(error)
        }
      },
      async cancel(reason) {
        controller = undefined
        await interrupt(reason ?? new Error('The client does not read on.'))
      },
    },
    { highWaterMark: 0 },
  )
  return { body, interrupt }
}
