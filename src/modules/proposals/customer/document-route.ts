import { defineSignedRoute } from '../../../platform/declare/routes/signed-route.ts'
import { documentOf } from '../documents/store-document.ts'
import { DOCUMENT_PATH } from './addresses.ts'

/** Serves the PDF of a version of a quote. */
export const documentRoute = defineSignedRoute({
  path: DOCUMENT_PATH,
  description: 'The PDF of a version of a quote.',
  methods: ['GET'],
  permissions: [],
  async handle({ subject }, context) {
    const document = await documentOf(context, subject)
    if (!document) return null
    const { bytes, proposal } = document
    return { status: 200, bytes, contentType: 'application/pdf', fileName: `${fileNameOf(proposal.number)}.pdf` }
  },
})

function fileNameOf(number: string): string {
  return number.replace(/[^\w.-]/g, '_')
}
