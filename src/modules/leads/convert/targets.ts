import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { notFound, type UserError } from '../../../platform/declare/rules/user-errors.ts'
import type { ConvertInput } from './input.ts'

/** uuids of existing records with which a lead is connected; null for one that is not connected. */
export interface Targets {
  readonly account: string | null
  readonly contact: string | null
  readonly opportunity: string | null
}

const OBJECTS = { account: 'Account', contact: 'Contact', opportunity: 'Opportunity' } as const

/** Looks up the records that the input connects. Returns an error for each that the caller can't see. */
export async function findTargets(
  { records, can }: PluginContext,
  input: ConvertInput,
): Promise<{ readonly targets: Targets; readonly errors: readonly UserError[] }> {
  const find = async (name: keyof typeof OBJECTS) => {
    const id = input[name]?.connect?.id ?? null
    const object = OBJECTS[name]
    const found = id !== null && can(`${name}:read`) ? await records.get(object, id) : null
    return {
      uuid: found?.id ?? null,
      errors: id === null || found?.id ? [] : [notFound(['input', name, 'connect', 'id'], object)],
    }
  }
  const [account, contact, opportunity] = [await find('account'), await find('contact'), await find('opportunity')]
  return {
    targets: { account: account.uuid, contact: contact.uuid, opportunity: opportunity.uuid },
    errors: [...account.errors, ...contact.errors, ...opportunity.errors],
  }
}
