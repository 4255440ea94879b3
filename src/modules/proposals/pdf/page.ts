import type PDFDocument from 'pdfkit'

/** Document of pdfkit, a stream that the PDF can be read from. */
export type Pdf = InstanceType<typeof PDFDocument>

/** How a text is set. */
export interface TextStyle {
  /** Points; 9 by default. */
  readonly size?: number
  readonly isBold?: boolean
  /** Default: almost black. */
  readonly color?: string
  readonly align?: 'left' | 'right'
}

export const INK = '#1d232b'
export const FAINT_INK = '#5b6470'
export const RULE = '#d5dae0'

const LINE_GAP = 0.5

/** The area of a page that the text of the letter fills, in points from the upper left corner. */
export interface Area {
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
}

/** Returns the area of the pages of a document. */
export function areaOf(pdf: Pdf): Area {
  const { width, height } = pdf.page
  return { left: 56, right: width - 56, top: 56, bottom: height - 76 }
}

/** Selects font and colour for a style. */
function apply(pdf: Pdf, { size = 9, isBold = false, color = INK }: TextStyle): void {
  pdf.font(isBold ? 'bold' : 'regular', size).fillColor(color)
}

/** Returns the height of a text in a width, in points. An empty text has none. */
export function heightOf(pdf: Pdf, text: string, width: number, style: TextStyle = {}): number {
  if (text === '') return 0
  apply(pdf, style)
  return pdf.heightOfString(text, { width, lineGap: LINE_GAP })
}

/** Returns the width of a text in one line, in points. */
export function widthOf(pdf: Pdf, text: string, style: TextStyle = {}): number {
  apply(pdf, style)
  return pdf.widthOfString(text)
}

/** Writes a text at a place, wrapped at a width. Returns its height. */
export function write(
  pdf: Pdf,
  text: string,
  place: { readonly x: number; readonly y: number; readonly width: number },
  style: TextStyle = {},
): number {
  if (text === '') return 0
  const height = heightOf(pdf, text, place.width, style)
  pdf.text(text, place.x, place.y, { width: place.width, align: style.align ?? 'left', lineGap: LINE_GAP })
  return height
}

/**
 * Splits a text in two: as much as fits into a height, at a word or line break, and the rest. The first part is empty when
 * not even one word fits; a word that is wider than the line is wrapped anywhere.
 */
export function splitAt(
  pdf: Pdf,
  text: string,
  width: number,
  height: number,
  style: TextStyle = {},
): readonly [fits: string, rest: string] {
  if (heightOf(pdf, text, width, style) <= height) return [text, '']
  const ends = [...text.matchAll(/\s+|$/g)].map(({ index }) => index)
  let [fitting, tooMany] = [-1, ends.length]
  while (tooMany - fitting > 1) {
    const middle = Math.floor((fitting + tooMany) / 2)
    if (heightOf(pdf, text.slice(0, ends[middle]), width, style) <= height) fitting = middle
    else tooMany = middle
  }
  const end = ends[fitting] ?? 0
  return [text.slice(0, end), text.slice(end).trimStart()]
}
