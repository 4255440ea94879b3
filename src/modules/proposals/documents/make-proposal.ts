import { compareDecimals, subtractDecimals, sumDecimals } from '../../../platform/formats/decimal.ts'
import type { Proposal, ProposalGroup } from '../pdf/proposal.ts'
import type { StoredContent } from './stored-content.ts'

/** What a proposal says besides the content of the version: read when the version is sent. */
export interface ProposalFacts {
  readonly versionNumber: number
  /** Day on which the version was sent, in the time zone of the workspace. */
  readonly issuedOn: string
  readonly workspaceName: string
  /** Name of the person whom the version was sent to. */
  readonly contactName: string | null
  /** Lines of the customer's address. */
  readonly addressLines: readonly string[]
  /** Name of the user who is responsible for the quote. */
  readonly ownerName: string | null
  /** The default template; null when the workspace has none. */
  readonly template: TemplateFacts | null
}

/** A template as it is stored. */
export interface TemplateFacts {
  readonly locale: string
  readonly color: string
  readonly logo: string | null
  readonly sellerName: string | null
  readonly sellerLines: string | null
  readonly introduction: string | null
  readonly terms: string | null
  readonly footer: string | null
}

const PLAIN: TemplateFacts = {
  locale: 'en',
  color: '#1f4e79',
  logo: null,
  sellerName: null,
  sellerLines: null,
  introduction: null,
  terms: null,
  footer: null,
}

/** Returns the proposal of a version of a quote. Amounts are taken over from the content, which has them all. */
export function makeProposal(content: StoredContent, facts: ProposalFacts): Proposal {
  const template = facts.template ?? PLAIN
  const { number, currency, validUntil, account } = content
  const person = facts.contactName === null ? [] : [facts.contactName]
  return {
    number,
    versionNumber: facts.versionNumber,
    issuedOn: facts.issuedOn,
    validUntil,
    currency,
    seller: { name: template.sellerName ?? facts.workspaceName, lines: linesOf(template.sellerLines) },
    customer: account
      ? { name: account.name, lines: [...person, ...facts.addressLines] }
      : { name: facts.contactName ?? '', lines: [] },
    contactPerson: facts.ownerName,
    groups: groupsOf(content),
    totals: totalsOf(content),
    introduction: template.introduction || null,
    notes: content.terms || null,
    terms: template.terms || null,
    design: { locale: template.locale, color: template.color, logo: logoOf(template), footer: template.footer },
  }
}

function linesOf(text: string | null): string[] {
  return (text ?? '').split(/\r\n|[\r\n]/).flatMap((line) => line.trim() || [])
}

function logoOf({ logo }: TemplateFacts): Uint8Array | null {
  return logo === null ? null : new Uint8Array(Buffer.from(logo, 'base64'))
}

/** Returns the lines by groups: in the order in which the groups first occur, lines without a group in their places. */
function groupsOf({ lines, groups }: StoredContent): ProposalGroup[] {
  const runs = [...Map.groupBy(lines, ({ group }) => group)]
  return runs.map(([name, members]) => {
    const declared = groups.find((group) => group.name === name)
    return {
      name,
      lines: members.map(({ product, group: _, ...line }) => ({
        ...line,
        name: product.name,
        sku: product.sku,
        unit: product.unit,
      })),
      discount: declared ? positive(declared.discount) : null,
      total: declared?.total ?? sumDecimals(members.map(({ total }) => total)),
    }
  })
}

/** The discounts on groups are shown with the groups, so the one on the whole is what is left of the sum of discounts. */
function totalsOf({ groups, subtotal, discount, discountPercent, taxes, total }: StoredContent): Proposal['totals'] {
  const ofGroups = sumDecimals(groups.map((group) => group.discount))
  return {
    subtotal: subtractDecimals(subtotal, ofGroups),
    discount: positive(subtractDecimals(discount, ofGroups)),
    discountPercent,
    taxes: taxes.map(({ percent, tax }) => ({ percent, amount: tax })),
    total,
  }
}

function positive(amount: string): string | null {
  return compareDecimals(amount, '0') > 0 ? amount : null
}
