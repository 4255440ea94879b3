import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { encodeId } from '../../../platform/declare/record-id.ts'
import type { UserError } from '../../../platform/declare/rules/user-errors.ts'
import { operationNamed } from '../../../platform/registry/acts.ts'
import { workOf } from '../../../platform/request/plugin-work.ts'
import { runOperation } from '../../../platform/writes/rules/run-operation.ts'
import type { SentForm } from '../page/page-forms.ts'

/** The version of a quote that is answered. */
interface AnsweredVersion {
  readonly number: number
  readonly quote: { readonly version: number }
}

/** Accepts or declines a quote for the customer, as users do. Returns why it was refused; null when it was done. */
export async function answerQuote(
  context: PluginContext,
  quoteId: string,
  version: AnsweredVersion,
  { action, name, reason }: Pick<SentForm, 'action' | 'name' | 'reason'>,
): Promise<string | null> {
  const { number: versionNumber, quote } = version
  const userErrors =
    action === 'accept'
      ? await accept(context, {
          id: encodeId('quote', quoteId),
          version: quote.version,
          versionNumber,
          acceptedBy: name,
        })
      : (await context.records.act('declineQuote', quoteId, { versionNumber, reason: reason || null })).userErrors
  return userErrors[0]?.message ?? null
}

/** Runs `acceptQuote` with its rules, also those of plugins. */
async function accept(
  context: PluginContext,
  input: { id: string; version: number; versionNumber: number; acceptedBy: string },
): Promise<readonly UserError[]> {
  const work = workOf(context)
  const operation = operationNamed(work.context.runtime.registry, 'acceptQuote')
  if (!operation) throw new Error('No module declares acceptQuote.')
  return (await runOperation(work, operation, input)).userErrors
}
