/** HTML that is safe to send: made by `html`, so that every text in it is escaped. */
export interface Html {
  readonly html: string
}

type Part = string | number | Html | null | readonly Part[]

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

/**
 * Template tag that makes HTML. Texts between the literal parts are escaped, in content and in quoted attributes; HTML and
 * lists of HTML are inserted as they are, null as nothing.
 * @example html`<p title="${title}">${text}</p>`
 */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { html: literals.reduce((text, literal, index) => `${text}${escaped(parts[index - 1] ?? null)}${literal}`) }
}

function escaped(part: Part): string {
  if (part === null) return ''
  if (typeof part === 'number') return String(part)
  if (typeof part === 'string') return part.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '')
  return 'html' in part ? part.html : part.map(escaped).join('')
}

/** Returns HTML from a text that is HTML already and contains nothing from outside, such as a style sheet of the code. */
export function trustedHtml(text: string): Html {
  return { html: text }
}
