import type { DeliveryTask } from './handler-positions.ts'

/** What waits and what runs, each handler of a workspace at most once at a time. */
export interface DeliveryQueue {
  /** Adds what is not waiting yet. What runs at the moment runs once more afterwards. */
  add(tasks: readonly DeliveryTask[]): void
  /** Waits until nothing runs. */
  idle(): Promise<void>
}

/** Makes a queue whose tasks run `concurrency` at a time; one that answers true goes to the end of the queue again. */
export function createDeliveryQueue(concurrency: number, run: (task: DeliveryTask) => Promise<boolean>): DeliveryQueue {
  const waiting = new Map<string, DeliveryTask>()
  const running = new Map<string, Promise<void>>()

  const startNext = () => {
    for (const [key, task] of waiting) {
      if (running.size >= concurrency) return
      if (running.has(key)) continue
      waiting.delete(key)
      running.set(
        key,
        run(task).then((again) => {
          running.delete(key)
          if (again) waiting.set(key, task)
          startNext()
        }),
      )
    }
  }

  return {
    add(tasks) {
      for (const task of tasks) waiting.set(`${task.workspaceId} ${task.owned.handler.name}`, task)
      startNext()
    },
    async idle() {
      while (running.size > 0) await Promise.all(running.values())
    },
  }
}
