import { dayBefore } from './contacts.ts'
import type { Random } from './random.ts'
import type { DemoStageEntry } from './slice.ts'

const OPEN_STAGES: readonly string[] = ['Qualification', 'Needs analysis', 'Proposal', 'Negotiation']

/**
 * Generates the stages that a deal went through: the open ones in their order, each for some days, up to its stage.
 * @param age Days before `until` on which the deal entered the stage that it is in.
 */
export function generatePast(random: Random, stage: string, age: number, until: Date): DemoStageEntry[] {
  const place = OPEN_STAGES.indexOf(stage)
  // A deal is closed from any open stage, and most often from one of the later ones.
  const former = OPEN_STAGES.slice(0, place === -1 ? 1 + random.skewedIndex(OPEN_STAGES.length) : place)
  const entries: DemoStageEntry[] = [{ stage, enteredAt: moment(until, age) }]
  let days = age
  for (const name of former.reverse()) {
    days += random.int(3, 35)
    entries.unshift({ stage: name, enteredAt: moment(until, days) })
  }
  return entries
}

function moment(until: Date, days: number): string {
  return `${dayBefore(until, days)}T09:00:00.000Z`
}
