/**
 * Makes an asynchronous look-up share its work: calls for a key that arrive while one runs wait for it and then share
 * one more. None is ever given the answer of a look-up that began before the call, so none sees a state older than itself.
 */
export function shareInFlight<Value>(lookUp: (key: string) => Promise<Value>): (key: string) => Promise<Value> {
  const running = new Map<string, Promise<Value>>()
  const waiting = new Map<string, Promise<Value>>()

  function run(key: string): Promise<Value> {
    const answer = lookUp(key).finally(() => running.delete(key))
    running.set(key, answer)
    return answer
  }

  async function runAfter(previous: Promise<Value>, key: string): Promise<Value> {
    await previous.catch(() => undefined)
    waiting.delete(key)
    return run(key)
  }

  return (key) => {
    const next = waiting.get(key)
    if (next) return next
    const previous = running.get(key)
    if (!previous) return run(key)
    const queued = runAfter(previous, key)
    waiting.set(key, queued)
    return queued
  }
}
