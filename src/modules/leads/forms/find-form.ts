import type { Pool } from 'pg'
import type { EnumTypes } from '../../../../generated/models.ts'

/** A form as a visitor meets it. */
export interface PublicForm {
  /** uuid */
  readonly workspaceId: string
  /** uuid */
  readonly id: string
  readonly source: EnumTypes['LeadSource'] | null
  readonly fields: readonly string[]
  readonly honeypotField: string | null
  readonly consentText: string | null
  readonly needsConfirmation: boolean
  readonly redirectUrl: string | null
  readonly allowedOrigins: readonly string[]
}

/** Returns the active form with this key, of any workspace; null when there is none. */
export async function findForm(ownerPool: Pick<Pool, 'query'>, key: string): Promise<PublicForm | null> {
  const { rows } = await ownerPool.query<PublicForm>(
    `select workspace_id as "workspaceId", id, source, fields, honeypot_field as "honeypotField", consent_text as "consentText",
       needs_confirmation as "needsConfirmation", redirect_url as "redirectUrl", allowed_origins as "allowedOrigins"
     from lead_forms where key = $1 and is_active and deleted_at is null`,
    [key],
  )
  return rows[0] ?? null
}
