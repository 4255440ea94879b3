import { EventEmitter } from 'node:events'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { sendFile } from '../../src/server/exports/file-stream.ts'

const PATIENCE_MS = 30_000

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A file of numbers without an end, with what became of it. */
async function endless(connection: (EventEmitter & { destroy(): void }) | null = null) {
  const told = { stopped: false, ends: [] as unknown[] }
  async function* numbers() {
    try {
      for (let number = 0; ; number++) yield String(number)
    } finally {
      told.stopped = true
    }
  }
  const file = await sendFile({
    pieces: numbers(),
    connection,
    patienceMs: PATIENCE_MS,
    onEnd: (error) => void told.ends.push(error),
  })
  return { told, reader: file.body.getReader() }
}

it('a file ends with an error when its client has not read for 30 seconds', async () => {
  const { told, reader } = await endless()
  for (const _ of [1, 2, 3]) {
    await reader.read()
    await vi.advanceTimersByTimeAsync(PATIENCE_MS - 1)
  }
  expect(told).toEqual({ stopped: false, ends: [] })
  await vi.advanceTimersByTimeAsync(1)
  expect(told).toEqual({ stopped: true, ends: [new Error('The client did not read the file for 30000 ms.')] })
  await expect(reader.read()).rejects.toThrow('did not read')
})

it('a file ends with the connection of its client, and closes it when the client does not read', async () => {
  const closed = Object.assign(new EventEmitter(), { destroy: vi.fn() })
  const gone = await endless(closed)
  await gone.reader.read()
  closed.emit('close')
  await vi.waitFor(() => expect(gone.told.stopped).toBe(true))
  expect(gone.told.ends).toEqual([new Error('The client has closed the connection.')])
  expect(closed.listenerCount('close')).toBe(0)

  const stuck = Object.assign(new EventEmitter(), { destroy: vi.fn() })
  const stalled = await endless(stuck)
  await vi.advanceTimersByTimeAsync(PATIENCE_MS)
  expect([stalled.told.stopped, stuck.destroy.mock.calls.length]).toEqual([true, 1])
})
