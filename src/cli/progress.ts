import { SingleBar } from 'cli-progress'

/** Tells on standard error how far a command is. */
export interface Progress {
  /** So much is done by now. */
  at(done: number): void
  end(): void
}

// One line for each tenth of the work, where nobody watches.
const LINES = 10

/** A bar on a terminal, some lines elsewhere. `what` is told in the plural: `accounts`. */
export function showProgress(stream: NodeJS.WriteStream, what: string, total: number): Progress {
  return stream.isTTY ? bar(stream, what, total) : lines(stream, what, total)
}

function bar(stream: NodeJS.WriteStream, what: string, total: number): Progress {
  const shown = new SingleBar({
    stream,
    format: `{bar} {value}/{total} ${what}, {eta_formatted} left`,
    hideCursor: true,
  })
  shown.start(total, 0)
  return { at: (done) => shown.update(done), end: () => shown.stop() }
}

function lines(stream: NodeJS.WriteStream, what: string, total: number): Progress {
  let told = 0
  return {
    at(done) {
      const tenth = Math.floor((done / total) * LINES)
      if (tenth > told) stream.write(`${done} of ${total} ${what}\n`)
      told = tenth
    },
    end: () => undefined,
  }
}
