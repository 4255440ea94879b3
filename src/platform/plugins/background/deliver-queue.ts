import type { DeliveryTask } from './handler-positions.ts'

/** A queue of delivery tasks. For each handler and workspace, at most one task runs at a time. */
export interface DeliveryQueue {
  /** Adds tasks. A task that waits already is not added twice; a task that is running runs once more afterwards. */
  add(tasks: readonly DeliveryTask[]): void
  /** Waits until no task is running. */
  idle(): Promise<void>
}

/**
 * Creates a queue of delivery tasks.
 * @param concurrency Number of tasks that run at the same time.
 * @param run Runs a task, and returns true to add the task to the end of the queue again. Must not throw.
 */
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
