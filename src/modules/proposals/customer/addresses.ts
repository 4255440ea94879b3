/** Paths of the signed routes: published addresses contain them. */
export const PROPOSAL_PATH = 'quotes'
export const DOCUMENT_PATH = 'quote-documents'
