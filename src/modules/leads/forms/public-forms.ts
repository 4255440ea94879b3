import type { Permission } from '../../../platform/declare/permission.ts'
import type { UserError } from '../../../platform/declare/rules/user-errors.ts'
import { type Background, runInBackground } from '../../../platform/plugins/background/background.ts'
import { moduleContext } from '../../../platform/plugins/background/module-context.ts'
import type { UnitOfWork } from '../../../platform/request/context.ts'
import type { RequestOrigin } from '../../../platform/request/origin.ts'
import { retryAfterConflict } from '../../../platform/writes/unit-of-work.ts'
import { captureLead } from './capture-lead.ts'
import { confirmEmail, findConfirmation, type PendingConfirmation } from './confirm-email.ts'
import { findForm, type PublicForm } from './find-form.ts'
import type { SentFields } from './form-fields.ts'

/** The author of what visitors of websites send, and what it may do. */
const VISITORS: { readonly id: string; readonly permissions: readonly Permission[] } = {
  id: 'leads',
  permissions: ['lead:read', 'lead:create', 'lead:update', 'leadForm:read'],
}

interface RequestMeta {
  readonly requestId: string
  readonly origin: RequestOrigin
}

/** Creates what the server needs of forms: to find them, and to do what a visitor has sent, in a transaction. */
export function createPublicForms(background: Background, now: () => Date = () => new Date()) {
  const { ownerPool } = background.database
  const run = async <Result>(
    workspaceId: string,
    meta: RequestMeta,
    write: (work: UnitOfWork) => Promise<Result>,
  ): Promise<Result> => {
    const context = { ...(await moduleContext(background, workspaceId, VISITORS)), ...meta }
    return await retryAfterConflict(() => runInBackground(context, write))
  }
  return {
    find: (key: string) => findForm(ownerPool, key),
    capture: (form: PublicForm, fields: SentFields, meta: RequestMeta): Promise<readonly UserError[]> =>
      run(form.workspaceId, meta, (work) => captureLead(work, form, fields)),
    findConfirmation: (token: string) => findConfirmation(ownerPool, token, now()),
    confirm: (pending: PendingConfirmation, meta: RequestMeta): Promise<boolean> =>
      run(pending.workspaceId, meta, (work) => confirmEmail(work, pending)),
  }
}
