import type { UserError } from '../../platform/declare/rules/user-errors.ts'
import type { RequestOrigin } from '../../platform/request/origin.ts'

/** A form as the server meets it. */
export interface ServedForm {
  /** Page that a browser shows after it has sent the form of a page; null for none. */
  readonly redirectUrl: string | null
  /** Origins of pages whose scripts may send the form. */
  readonly allowedOrigins: readonly string[]
}

/** What is known of a request before its body is read. */
export interface RequestMeta {
  readonly requestId: string
  readonly origin: RequestOrigin
}

/** Forms that visitors of websites send, and confirmations of their e-mail addresses. */
export interface PublicForms<Form extends ServedForm, Confirmation> {
  /** Returns the form with this key, of any workspace; null when there is none that is active. */
  find(key: string): Promise<Form | null>
  /** Does what the form is for. Returns the problems of its fields; empty when the form was accepted. */
  capture(form: Form, fields: ReadonlyMap<string, string>, meta: RequestMeta): Promise<readonly UserError[]>
  /** Returns what a token confirms; null for a token that is not valid, or not any more. */
  findConfirmation(token: string): Promise<Confirmation | null>
  /** Confirms, and uses the token up. Returns false when another request has used it. */
  confirm(confirmation: Confirmation, meta: RequestMeta): Promise<boolean>
}
