import type { EnumTypes } from '../../../../generated/models.ts'

/** Facts about a member of an assignment rule, by which the rule chooses. */
export interface MemberFacts {
  /** uuid */
  readonly userId: string
  readonly displayName: string
  readonly countries: readonly string[]
  readonly regions: readonly string[]
  readonly postalCodes: readonly string[]
  /** Number of the last lead, counted for the rule, that the member got; null when they have got none. */
  readonly lastTurn: number | null
  /** Number of leads with the status `OPEN` or `WORKING` that the member owns. */
  readonly load: number
}

/** Where a lead is. */
export interface LeadPlace {
  readonly country: string | null
  readonly region: string | null
  readonly postalCode: string | null
}

/** The member that a rule chooses, and why, for a person to read. */
export interface Choice {
  readonly member: MemberFacts
  readonly reasons: readonly string[]
}

type Strategy = EnumTypes['LeadAssignmentStrategy']

/**
 * Chooses a member of an assignment rule for a lead.
 * @param members Members who can get leads, in the order of the rule.
 * @returns null when there is no member, or the lead is in no territory.
 */
export function chooseMember(strategy: Strategy, members: readonly MemberFacts[], lead: LeadPlace): Choice | null {
  switch (strategy) {
    case 'ROUND_ROBIN':
      return inTurn(members)
    case 'LEAST_LOADED':
      return leastLoaded(members)
    case 'TERRITORY':
      return ofTerritory(members, lead)
  }
}

function inTurn(members: readonly MemberFacts[]): Choice | null {
  const member = first(members, (one, other) => (one.lastTurn ?? -1) - (other.lastTurn ?? -1))
  if (!member) return null
  const reason =
    member.lastTurn === null
      ? `${member.displayName} has got no lead by the rule yet.`
      : `It is the turn of ${member.displayName}: every other member got a lead by the rule later.`
  return { member, reasons: members.length === 1 ? [`${member.displayName} is the only member.`] : [reason] }
}

function leastLoaded(members: readonly MemberFacts[]): Choice | null {
  const member = first(members, (one, other) => one.load - other.load || (one.lastTurn ?? -1) - (other.lastTurn ?? -1))
  return member && { member, reasons: [`${member.displayName} has the fewest open leads.`] }
}

function ofTerritory(members: readonly MemberFacts[], lead: LeadPlace): Choice | null {
  const matches = members.flatMap((member) => {
    const match = territoryMatch(member, lead)
    return match ? [{ member, ...match }] : []
  })
  const best = Math.max(...matches.map(({ weight }) => weight))
  const chosen = inTurn(matches.filter(({ weight }) => weight === best).map(({ member }) => member))
  if (!chosen) return null
  const reason = matches.find(({ member }) => member === chosen.member)?.reason ?? ''
  return { member: chosen.member, reasons: [reason, ...(matches.length > 1 ? chosen.reasons : [])] }
}

/** Weights of a territory: a postal code counts before a region, and a region before a country. */
const [BY_COUNTRY, BY_REGION, BY_POSTAL_CODE] = [1, 2, 3]

/** How specific the territory of a member is that a lead is in; null when the lead is in none. */
function territoryMatch(
  { displayName, countries, regions, postalCodes }: MemberFacts,
  lead: LeadPlace,
): { readonly weight: number; readonly reason: string } | null {
  if (countries.length > 0 && !(lead.country !== null && countries.includes(lead.country))) return null
  const longest = postalCodes
    .map(plain)
    .filter((prefix) => plain(lead.postalCode ?? '').startsWith(prefix))
    .sort((one, other) => other.length - one.length)[0]
  if (longest !== undefined)
    return {
      weight: BY_POSTAL_CODE + longest.length,
      reason: `The postal code ${lead.postalCode} is in the territory of ${displayName}.`,
    }
  if (lead.region !== null && regions.map(plain).includes(plain(lead.region)))
    return { weight: BY_REGION, reason: `The region ${lead.region} is in the territory of ${displayName}.` }
  if (countries.length === 0 || regions.length > 0 || postalCodes.length > 0) return null
  return { weight: BY_COUNTRY, reason: `The country ${lead.country} is in the territory of ${displayName}.` }
}

/** Returns a text without case and white space, as places are compared. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/\s/g, '')
}

/** Returns the first element in the order of `compare`; of equal ones that which is first in the list. */
function first<Element>(list: readonly Element[], compare: (one: Element, other: Element) => number): Element | null {
  return [...list].sort(compare)[0] ?? null
}
