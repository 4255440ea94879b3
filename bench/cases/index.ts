import { accountGroups } from './account-groups.ts'
import { accountList } from './account-list.ts'
import type { Case } from './case.ts'
import { create } from './create.ts'
import { deepPage } from './deep-page.ts'
import { interactionGroups } from './interaction-groups.ts'
import { oneRecord } from './one-record.ts'
import { opportunityGroups } from './opportunity-groups.ts'

/** All cases of the benchmark. Those that write come last. */
export const CASES: readonly Case[] = [
  oneRecord,
  accountList,
  deepPage,
  interactionGroups,
  accountGroups,
  opportunityGroups,
  create,
]
