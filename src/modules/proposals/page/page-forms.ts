import { type Html, html } from '../../../platform/formats/html.ts'
import type { PageWords } from './page-words.ts'

/** A form as it was sent, with what is wrong with it. */
export interface SentForm {
  readonly action: 'accept' | 'decline'
  readonly name: string
  readonly reason: string
  readonly mistake: string
}

export const MAX_NAME = 200
export const MAX_REASON = 500

/**
 * Reads a form of the page. `mistake` is null when it can be done. Returns null for a form that is not one of the page:
 * nobody orders without the button that says so.
 */
export function readForm(
  form: URLSearchParams,
  words: PageWords,
): (Omit<SentForm, 'mistake'> & { mistake: string | null }) | null {
  const name = clean(form.get('name'))
  const reason = clean(form.get('reason'))
  if (form.get('action') === 'decline')
    return { action: 'decline', name, reason, mistake: reason.length > MAX_REASON ? words.reasonTooLong : null }
  if (form.get('action') !== 'accept') return null
  const mistake = name === '' ? words.nameMissing : name.length > MAX_NAME ? words.nameTooLong : null
  return { action: 'accept', name, reason, mistake }
}

/** Returns a text without what can't be stored: halves of characters, control characters, white space at the ends. */
function clean(text: string | null): string {
  return (text ?? '')
    .toWellFormed()
    .replace(/\p{Cc}+/gu, ' ')
    .trim()
}

/** Returns the forms with which a customer accepts or declines. They are sent to the address of the page itself. */
export function pageForms(words: PageWords, declaration: string, sent: SentForm | null): Html {
  const mistakeOf = (action: SentForm['action']) =>
    sent?.action === action
      ? html`<p class="mistake" id="${action}-mistake" role="alert">${words.mistake} ${sent.mistake}</p>`
      : null
  const described = (action: SentForm['action']) =>
    sent?.action === action ? html` aria-invalid="true" aria-describedby="${action}-mistake"` : null
  return html`<form class="form" method="post" novalidate>
<h2>${words.acceptHeading}</h2>
<p>${declaration}</p>
${mistakeOf('accept')}
<label for="name">${words.name}</label>
<input id="name" name="name" autocomplete="name" required maxlength="${MAX_NAME}" value="${sent?.name ?? ''}"${described('accept')}>
<button class="primary" name="action" value="accept">${words.accept}</button>
</form>
<details${sent?.action === 'decline' ? html` open` : null}>
<summary>${words.declineHeading}</summary>
<form class="form" method="post" novalidate>
${mistakeOf('decline')}
<label for="reason">${words.reason}</label>
<input id="reason" name="reason" maxlength="${MAX_REASON}" value="${sent?.reason ?? ''}"${described('decline')}>
<button name="action" value="decline">${words.decline}</button>
</form>
</details>`
}
