import { type Html, html, trustedHtml } from '../../../platform/formats/html.ts'
import { formatsOf, type ProposalFormats } from '../formats.ts'
import type { Proposal, ProposalGroup, ProposalLine } from '../pdf/proposal.ts'
import { type ProposalWords, wordsOf } from '../words.ts'
import { pageForms, type SentForm } from './page-forms.ts'
import { type PageWords, pageWordsOf } from './page-words.ts'
import { stylesOf } from './styles.ts'

/** What the customer can still do with a proposal, and why no more. */
export type ProposalState =
  | { readonly kind: 'OPEN' }
  | { readonly kind: 'ACCEPTED'; readonly by: string; readonly on: string }
  | { readonly kind: 'EXPIRED'; readonly on: string }
  | { readonly kind: 'DECLINED' | 'SUPERSEDED' | 'WITHDRAWN' }

/** What the page of a proposal shows. */
export interface ProposalPage {
  readonly proposal: Proposal
  readonly state: ProposalState
  /** Address of the PDF. */
  readonly documentUrl: string
  /** What was sent and refused; null when nothing was. */
  readonly sent: SentForm | null
}

/** Returns the page on which a customer reads a proposal, and accepts or declines it. It needs no script. */
export function proposalPage({ proposal, state, documentUrl, sent }: ProposalPage): { html: string; styles: string } {
  const { design, seller, customer, number, totals } = proposal
  const words = wordsOf(design.locale)
  const pageWords = pageWordsOf(design.locale)
  const formats = formatsOf(design.locale, proposal.currency)
  const styles = stylesOf(design.color)
  const title = `${words.proposal} ${number}`
  const page = html`<!doctype html>
<html lang="${design.locale}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex, nofollow">
<title>${title} · ${seller.name}</title>
<style>${trustedHtml(styles)}</style>
</head>
<body>
<main>
${logoOf(proposal)}
<p class="from">${pageWords.from(seller.name)}</p>
<h1>${title}</h1>
<div class="facts">
<p>${pageWords.to} <strong>${customer.name}</strong>${state.kind === 'OPEN' ? validity(proposal, pageWords, formats) : null}</p>
<p><a class="pdf" href="${documentUrl}">${pageWords.openPdf}</a></p>
</div>
${stateOf(state, pageWords, formats)}
${proposal.groups.map((group) => groupOf(group, words, formats))}
${totalsOf(proposal, words, formats)}
${textOf(proposal.notes)}
${textOf(proposal.terms)}
${state.kind === 'OPEN' ? pageForms(pageWords, pageWords.declaration(number, formats.money(totals.total)), sent) : null}
</main>
</body>
</html>
`
  return { html: page.html, styles }
}

function logoOf({ design: { logo }, seller }: Proposal): Html | null {
  if (!logo) return null
  const type = logo[0] === 0xff ? 'image/jpeg' : 'image/png'
  return html`<img class="logo" alt="${seller.name}" src="data:${type};base64,${Buffer.from(logo).toString('base64')}">`
}

function validity({ validUntil }: Proposal, words: PageWords, formats: ProposalFormats): Html | null {
  return validUntil === null ? null : html`<br>${words.validUntil(formats.day(validUntil))}`
}

function stateOf(state: ProposalState, words: PageWords, formats: ProposalFormats): Html | null {
  const box = (heading: string, next: string, kind = '') =>
    html`<section class="state ${kind}" role="status"><h2>${heading}</h2><p>${next}</p></section>`
  switch (state.kind) {
    case 'OPEN':
      return null
    case 'ACCEPTED':
      return box(words.accepted(state.by, formats.day(state.on)), words.acceptedNext, 'good')
    case 'EXPIRED':
      return box(words.expired(formats.day(state.on)), words.expiredNext)
    case 'DECLINED':
      return box(words.declined, words.declinedNext)
    case 'SUPERSEDED':
      return box(words.superseded, words.supersededNext)
    case 'WITHDRAWN':
      return box(words.withdrawn, words.withdrawnNext)
  }
}

function groupOf(
  { name, lines, discount, total }: ProposalGroup,
  words: ProposalWords,
  formats: ProposalFormats,
): Html {
  const row = (label: string, amount: string) =>
    html`<li><span>${label}</span><span class="amount">${formats.money(amount)}</span></li>`
  return html`${name === null ? null : html`<h3>${name}</h3>`}
<ol>${lines.map((line) => lineOf(line, words, formats))}
${discount === null ? null : row(words.discount, `-${discount}`)}
${name === null ? null : row(`${words.subtotal} ${name}`, total)}</ol>`
}

function lineOf(line: ProposalLine, words: ProposalWords, formats: ProposalFormats): Html {
  const { name, description, quantity, unit, unitPrice, discountPercent, total } = line
  const count = [formats.number(quantity), unit ?? ''].join(' ').trim()
  const discount = discountPercent === null ? '' : ` · ${words.discount} ${formats.percent(discountPercent)}`
  return html`<li><span><strong>${name}</strong>
<span class="faint">${count} × ${formats.money(unitPrice)}${discount}</span>
${description === null ? null : html`<span class="faint">${description}</span>`}</span>
<span class="amount">${formats.money(total)}</span></li>`
}

function totalsOf({ totals }: Proposal, words: ProposalWords, formats: ProposalFormats): Html {
  const row = (label: string, amount: string, kind = '') =>
    html`<dt class="${kind}">${label}</dt><dd class="${kind}">${formats.money(amount)}</dd>`
  const withPercent = (label: string, percent: string | null) =>
    percent === null ? label : `${label} (${formats.percent(percent)})`
  return html`<dl>${row(words.subtotal, totals.subtotal)}
${totals.discount === null ? null : row(withPercent(words.discount, totals.discountPercent), `-${totals.discount}`)}
${totals.taxes.map(({ percent, amount }) => row(withPercent(words.tax, percent), amount))}
${row(words.total, totals.total, 'total')}</dl>`
}

function textOf(text: string | null): Html | null {
  return text === null ? null : html`<div class="terms">${text}</div>`
}
