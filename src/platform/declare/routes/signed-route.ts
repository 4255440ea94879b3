import type { Permission } from '../permission.ts'
import type { PluginContext } from '../plugin-context.ts'

/**
 * Code that answers requests to signed addresses: of people without an account, such as a customer who got a quote. Whoever
 * knows such an address can open it until it expires; the address says what it shows, so that nobody can open anything else.
 * It is served at `/signed/<path>/<token>`. Core only.
 *
 * A GET must change nothing that anybody can notice: programs open the links of e-mails before people do.
 */
export interface SignedRoute {
  /** The part of the address after `/signed/`, such as `quotes`. Published addresses contain it: never change it. */
  readonly path: string
  readonly description: string
  /** HTTP methods; `POST` is for forms. */
  readonly methods: readonly ('GET' | 'POST')[]
  /** The most that the code may do through `records`: it runs as an actor that has just these permissions. */
  readonly permissions: readonly Permission[]
  /**
   * Handles a request, in one transaction. What it writes is kept only with a status below 400. Null when the subject does
   * not exist (any more): the answer is then the one to an address that is not valid.
   */
  handle(request: SignedRequest, context: PluginContext): Promise<SignedResponse | null>
}

/** A request to a signed address whose signature was verified. */
export interface SignedRequest {
  readonly method: 'GET' | 'POST'
  /** uuid of what the address shows. */
  readonly subject: string
  /** The fields of the form; empty for a GET. */
  readonly form: URLSearchParams
}

/** An answer to a person: a page or a file. */
export type SignedResponse = SignedPage | SignedFile

/** A page without scripts: the browser is told to run none, and to load nothing from elsewhere. */
export interface SignedPage {
  readonly status: number
  /** The whole HTML document, with exactly one `<style>` that contains `styles`. */
  readonly html: string
  readonly styles: string
}

/** A file that the browser shows or saves. */
export interface SignedFile {
  readonly status: 200
  readonly bytes: Uint8Array
  readonly contentType: string
  /** Name under which it is saved: letters, digits, `-`, `_` and `.`. */
  readonly fileName: string
}

/** Declares a route for signed addresses. */
export function defineSignedRoute(route: SignedRoute): SignedRoute {
  return route
}
