/**
 * Wraps an asynchronous look-up so that concurrent calls for the same key share one execution. Calls that arrive while
 * a look-up runs wait for its end and then share the next look-up. No call gets the result of a look-up that began
 * before the call, so no caller sees a state that is older than its call.
 */
export function shareInFlight<Value>(lookUp: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const running = new Map<string, Promise<Value>>()
  const waiting = new Map<string, Promise<Value>>()

  function start(key: string): Promise<Value> {
    const result = lookUp(key).finally(() => running.delete(key))
    running.set(key, result)
    return result
  }

  async function startAfter(previous: Promise<Value>, key: string): Promise<Value> {
    await previous.catch(() => undefined)
    waiting.delete(key)
    return start(key)
  }

  return (key) => {
    const shared = waiting.get(key)
    if (shared) return shared
    const previous = running.get(key)
    if (!previous) return start(key)
    const queued = startAfter(previous, key)
    waiting.set(key, queued)
    return queued
  }
}
