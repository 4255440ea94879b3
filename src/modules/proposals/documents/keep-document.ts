import { defineRule } from '../../../platform/declare/rules/rule.ts'
import { storeDocument } from './store-document.ts'

/**
 * Makes the document of each version when it is sent, in the same transaction: so each sent version has the document that
 * the customer gets, whatever happens to the template, the address or the name of the customer afterwards.
 */
export const keepDocument = defineRule({
  name: 'proposals.keepDocument',
  description: 'Makes the PDF of a version of a quote when the version is sent.',
  object: 'Quote',
  on: ['sendQuote'],
  isIntegral: true,
  async after({ id }, context) {
    const version = await context.unrestricted.prisma.quoteVersion.findFirst({
      where: { quoteId: id },
      orderBy: { number: 'desc' },
      select: { id: true },
    })
    if (version) await storeDocument(context, version.id)
  },
})
