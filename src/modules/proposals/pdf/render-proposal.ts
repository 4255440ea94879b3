import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { formatsOf } from '../formats.ts'
import { wordsOf } from '../words.ts'
import { beginFlow, writeHeading, writeParagraphs } from './flow.ts'
import { writeLetterhead } from './letterhead.ts'
import { type Wording, writeLines } from './line-table.ts'
import { areaOf, FAINT_INK, type Pdf, write } from './page.ts'
import type { Proposal } from './proposal.ts'
import { writeTotals } from './totals.ts'

/**
 * Returns the PDF of a proposal: PDF 1.7, tagged (ISO 32000-1, 14.8) with its language and title, with the used glyphs of
 * its fonts embedded. Latin, Greek and Cyrillic texts can be written.
 *
 * The same proposal gives the same bytes, on every machine, at any time and in any time zone, as long as the versions of
 * Rapport and Node are the same: the file's date and id are computed from the proposal.
 * @throws RangeError for a malformed locale, currency or decimal; Error for a logo that is no PNG or JPEG.
 */
export async function renderProposal(proposal: Proposal): Promise<Uint8Array> {
  const { design, number, seller, currency } = proposal
  const wording: Wording = { words: wordsOf(design.locale), formats: formatsOf(design.locale, currency) }
  // pdfkit takes 10 MB and 100 ms to load: only a process that writes a PDF pays for it.
  const [{ default: PDFDocument }, regular, bold] = await Promise.all([
    import('pdfkit'),
    readFont(REGULAR),
    readFont(BOLD),
  ])
  const title = `${wording.words.proposal} ${number}`
  const pdf = new PDFDocument({
    pdfVersion: '1.7',
    tagged: true,
    lang: design.locale,
    displayTitle: true,
    size: paperOf(design.locale),
    // The texts are placed by the flow; pdfkit must not break pages by itself.
    margin: 0,
    bufferPages: true,
    info: {
      Title: title,
      Author: seller.name,
      Creator: 'Rapport',
      CreationDate: new Date(`${proposal.issuedOn}T00:00:00Z`),
    },
  })
  const bytes = collect(pdf)
  pdf.registerFont('regular', regular).registerFont('bold', bold)
  const flow = beginFlow(pdf)
  writeLetterhead(flow, proposal, wording)
  if (proposal.introduction) writeParagraphs(flow, proposal.introduction)
  flow.y += 8
  writeLines(flow, proposal, wording)
  writeTotals(flow, proposal.totals, wording, design.color)
  if (proposal.notes) writeParagraphs(flow, proposal.notes)
  if (proposal.terms) {
    flow.y += 10
    writeHeading(flow, wording.words.terms, { size: 10, isBold: true, color: design.color })
    writeParagraphs(flow, proposal.terms, { size: 8, color: FAINT_INK })
  }
  flow.root.end()
  writeFooters(pdf, proposal, wording)
  pdf.end()
  return bytes
}

const REGULAR = '@expo-google-fonts/noto-sans/400Regular/NotoSans_400Regular.ttf'
const BOLD = '@expo-google-fonts/noto-sans/600SemiBold/NotoSans_600SemiBold.ttf'

function readFont(path: string): Promise<Buffer> {
  return readFile(createRequire(import.meta.url).resolve(path))
}

/** Regions where paper has the size Letter, by the data of the Unicode CLDR (`paperSize`). */
const LETTER_REGIONS = new Set('BZ CA CL CO CR GT MX NI PA PH PR SV US VE'.split(' '))

function paperOf(locale: string): 'LETTER' | 'A4' {
  return LETTER_REGIONS.has(new Intl.Locale(locale).maximize().region ?? '') ? 'LETTER' : 'A4'
}

/** Writes the small print and the numbers of the pages, which are known only at the end. */
function writeFooters(pdf: Pdf, { design, number }: Proposal, { words, formats }: Wording): void {
  const { start, count } = pdf.bufferedPageRange()
  for (let index = 0; index < count; index++) {
    pdf.switchToPage(start + index)
    const { left, right, bottom } = areaOf(pdf)
    const y = bottom + 22
    const style = { size: 7, color: FAINT_INK }
    pdf.markContent('Artifact', { type: 'Pagination' })
    if (design.footer) write(pdf, design.footer, { x: left, y, width: right - left - 130 }, style)
    const page = words.page(formats.number(String(index + 1)), formats.number(String(count)))
    write(pdf, `${number} · ${page}`, { x: right - 120, y, width: 120 }, { ...style, align: 'right' })
    pdf.endMarkedContent()
  }
}

function collect(pdf: Pdf): Promise<Uint8Array> {
  const pieces: Uint8Array[] = []
  return new Promise((resolve, reject) => {
    pdf.on('data', (piece: Uint8Array) => pieces.push(piece))
    pdf.on('end', () => resolve(Buffer.concat(pieces)))
    pdf.on('error', reject)
  })
}
