import type { PluginSchemaBuilder, SchemaObjects } from '../../../platform/declare/schema-builder.ts'
import { signAddress } from '../../../platform/request/sign-address.ts'
import { DOCUMENT_PATH, PROPOSAL_PATH } from '../customer/addresses.ts'

/** Minutes for which the address of a document can be opened: long enough to follow it, not to pass it on. */
const DOCUMENT_MINUTES = 15
/** Days after the last day of a quote on which its page still says what became of it. */
const DAYS_AFTER_END = 90
const DAY_MS = 86_400_000

/** The version that was sent last. */
const LAST_VERSION = {
  QuoteVersion_quote: { select: { id: true, validUntil: true }, orderBy: { number: 'desc' }, take: 1 },
} as const

/** Adds the documents and the customer's page to quotes and their versions. */
export function documentFields(builder: PluginSchemaBuilder, objects: SchemaObjects): void {
  builder.prismaObjectField(objects.QuoteDocument, 'url', (t) =>
    t.string({
      description: `Address of the PDF, which everybody who knows it can open for ${DOCUMENT_MINUTES} minutes: read it again for another one. It is absolute when the operator has set PUBLIC_URL, else relative to the address of the API.`,
      select: { id: true },
      resolve: ({ id }, _args, context) =>
        signAddress(context, DOCUMENT_PATH, id, new Date(context.now.getTime() + DOCUMENT_MINUTES * 60_000)),
    }),
  )
  builder.prismaObjectField(objects.QuoteVersion, 'document', (t) =>
    t.field({
      type: objects.QuoteDocument,
      nullable: true,
      description:
        'The PDF of the version; null for a version that nobody has sent or opened here, such as an imported one.',
      select: { id: true },
      resolve: ({ id }) => id,
    }),
  )
  builder.prismaObjectField(objects.Quote, 'document', (t) =>
    t.field({
      type: objects.QuoteDocument,
      nullable: true,
      description: 'The PDF of the version that was sent last; null when none was sent.',
      select: LAST_VERSION,
      resolve: ({ QuoteVersion_quote: [version] }) => version?.id ?? null,
    }),
  )
  builder.prismaObjectField(objects.Quote, 'acceptUrl', (t) =>
    t.string({
      nullable: true,
      permission: 'quote:update',
      description: `Address of the page on which the customer reads the version that was sent last, and accepts or declines it: for the customer only, because everybody who knows it can accept. It shows what became of the quote until ${DAYS_AFTER_END} days after the end of its validity. Null when no version was sent.`,
      select: LAST_VERSION,
      resolve: ({ QuoteVersion_quote: [version] }, _args, context) =>
        version
          ? signAddress(
              context,
              PROPOSAL_PATH,
              version.id,
              new Date(version.validUntil.getTime() + DAYS_AFTER_END * DAY_MS),
            )
          : null,
    }),
  )
}
