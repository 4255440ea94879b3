import type { PluginContext } from '../../../platform/declare/plugin-context.ts'
import { dayIn } from '../../../platform/formats/day.ts'
import type { Proposal } from '../pdf/proposal.ts'
import { makeProposal } from './make-proposal.ts'
import { storedContent } from './stored-content.ts'

/** A version of a quote with its proposal. */
export interface VersionProposal {
  readonly quoteId: string
  readonly proposal: Proposal
}

/**
 * Reads a version of a quote and what its proposal says besides its content, regardless of what is visible to the caller:
 * a proposal is the same whoever sends or opens it. Null when there is no such version.
 * @param versionId uuid
 */
export async function readVersion(context: PluginContext, versionId: string): Promise<VersionProposal | null> {
  const { prisma } = context.unrestricted
  const [version, workspace, template] = await Promise.all([
    prisma.quoteVersion.findFirst({
      where: { id: versionId },
      select: {
        number: true,
        content: true,
        sentAt: true,
        contact: { select: { fullName: true } },
        quote: {
          select: {
            id: true,
            owner: { select: { displayName: true } },
            account: {
              select: {
                AccountAddress_account: {
                  select: { street: true, postalCode: true, city: true, region: true, country: true },
                  orderBy: [{ isPrimary: 'desc' }, { position: 'asc' }],
                  take: 1,
                },
              },
            },
          },
        },
      },
    }),
    prisma.workspace.findFirst({ select: { name: true, timeZone: true } }),
    prisma.proposalTemplate.findFirst({ where: { isDefault: true, deletedAt: null } }),
  ])
  if (!version || !workspace) return null
  const { quote } = version
  const address = quote.account?.AccountAddress_account[0]
  const proposal = makeProposal(storedContent.parse(version.content), {
    versionNumber: version.number,
    issuedOn: dayIn(workspace.timeZone, version.sentAt),
    workspaceName: workspace.name,
    contactName: version.contact?.fullName ?? null,
    addressLines: address ? addressLines(address, template?.locale ?? 'en') : [],
    ownerName: quote.owner?.displayName ?? null,
    template,
  })
  return { quoteId: quote.id, proposal }
}

type Address = Readonly<Record<'street' | 'postalCode' | 'city' | 'region' | 'country', string | null>>

/** Returns the lines of an address. Names of countries are in the language of the proposal. */
function addressLines({ street, postalCode, city, region, country }: Address, locale: string): string[] {
  const town = [postalCode, city].filter(Boolean).join(' ')
  const countryName = country && new Intl.DisplayNames(locale, { type: 'region' }).of(country)
  return [...(street ?? '').split(/\r\n|[\r\n]/), town, region, countryName].flatMap((line) => line?.trim() || [])
}
