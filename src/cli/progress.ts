import cliProgress from 'cli-progress'

/** Shows the operator the progress of a command. */
export interface Progress {
  /** Shows that `done` items of the total are finished. */
  at(done: number): void
  /** Ends the display of the progress. */
  end(): void
}

// Number of progress lines when the stream is not a terminal.
const LINES = 10

/**
 * Shows a progress bar when the stream is a terminal; otherwise writes at most ten lines in all to the stream.
 * @param noun What is counted, in the plural, such as `accounts`.
 */
export function showProgress(stream: NodeJS.WriteStream, noun: string, total: number): Progress {
  return stream.isTTY ? showBar(stream, noun, total) : writeLines(stream, noun, total)
}

function showBar(stream: NodeJS.WriteStream, noun: string, total: number): Progress {
  const bar = new cliProgress.SingleBar({
    stream,
    format: `{bar} {value}/{total} ${noun}, {eta_formatted} left`,
    hideCursor: true,
    // Before the first step the library has no number, but the text NULL.
    formatTime: (seconds, options, step) =>
      Number.isFinite(seconds) ? cliProgress.Format.TimeFormat(seconds, options, step) : '…',
  })
  bar.start(total, 0)
  return { at: (done) => bar.update(done), end: () => bar.stop() }
}

function writeLines(stream: NodeJS.WriteStream, noun: string, total: number): Progress {
  let writtenLines = 0
  return {
    at(done) {
      const dueLines = Math.floor((done / total) * LINES)
      if (dueLines > writtenLines) stream.write(`${done} of ${total} ${noun}\n`)
      writtenLines = dueLines
    },
    end: () => undefined,
  }
}
