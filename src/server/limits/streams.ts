import type { OpenStreams } from '../../platform/request/log-ports.ts'
import { type Limits, requireWithin } from './limits.ts'

/** Counts the streams that each actor has open on this node, and refuses those beyond the limit. */
export function countStreams(limits: Limits): OpenStreams {
  const open = new Map<string, number>()
  return {
    open(actorId) {
      const count = (open.get(actorId) ?? 0) + 1
      requireWithin(limits, 'streams', count)
      open.set(actorId, count)
      let isOpen = true
      return () => {
        if (!isOpen) return
        isOpen = false
        const left = (open.get(actorId) ?? 1) - 1
        if (left > 0) open.set(actorId, left)
        else open.delete(actorId)
      }
    },
  }
}
