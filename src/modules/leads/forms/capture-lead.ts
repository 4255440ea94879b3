import { encodeId } from '../../../platform/declare/record-id.ts'
import type { UserError } from '../../../platform/declare/rules/user-errors.ts'
import { objectNamed } from '../../../platform/registry/registry.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import { createRecords } from '../../../platform/writes/create.ts'
import type { PublicForm } from './find-form.ts'
import { hasConsented, leadInput, type SentFields } from './form-fields.ts'

/**
 * Makes a lead of a form that a visitor has sent, by the same code as any other write: rules, assignment, score, log. A form whose
 * trap for robots is filled in makes none.
 * @returns The problems of the fields; empty when the form was accepted.
 */
export async function captureLead(work: UnitOfWork, form: PublicForm, sent: SentFields): Promise<readonly UserError[]> {
  if (form.honeypotField !== null && (sent.get(form.honeypotField) ?? '') !== '') return []
  const object = objectNamed(work.context.runtime.registry, 'Lead')
  const consent =
    form.consentText !== null && hasConsented(sent) ? { consentText: form.consentText, consentedAt: work.now } : {}
  const input = {
    ...leadInput(form.fields, sent),
    ...consent,
    source: form.source,
    formId: encodeId('leadform', form.id),
  }
  const [created] = await createRecords(work, object, [{ input, path: ['input'] }], 'REJECT_ALL')
  return created?.errors ?? []
}
