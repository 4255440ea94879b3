import type { OpenStreams } from '../../platform/request/log-ports.ts'
import { type Limits, requireWithin } from './limits.ts'

/** Creates the counter of the open streams of each actor on this node. `open` throws when the limit is exceeded. */
export function countStreams(limits: Limits): OpenStreams {
  const openByActor = new Map<string, number>()
  return {
    open(actorId) {
      const count = (openByActor.get(actorId) ?? 0) + 1
      requireWithin(limits, 'streams', count)
      openByActor.set(actorId, count)
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        const remaining = (openByActor.get(actorId) ?? 1) - 1
        if (remaining > 0) openByActor.set(actorId, remaining)
        else openByActor.delete(actorId)
      }
    },
  }
}
