import { type Area, areaOf, heightOf, type Pdf, splitAt, type TextStyle, write } from './page.ts'

/** An element of the logical structure of a PDF, which screen readers and text extraction follow. */
export type Structure = ReturnType<Pdf['struct']>

/** Text that fills pages from top to bottom. */
export interface Flow {
  readonly pdf: Pdf
  readonly area: Area
  /** The root of the logical structure. */
  readonly root: Structure
  /** Where the next text begins, in points from the upper edge of the page. */
  y: number
}

/** Begins the flow at the top of the current page. */
export function beginFlow(pdf: Pdf): Flow {
  const root = pdf.struct('Document')
  pdf.addStructure(root)
  const area = areaOf(pdf)
  return { pdf, area, root, y: area.top }
}

/** Goes on at the top of a new page. */
export function nextPage(flow: Flow): void {
  flow.pdf.addPage()
  flow.y = flow.area.top
}

/** Goes on at the top of a new page unless a height is left on this one. */
export function needHeight(flow: Flow, height: number): void {
  if (flow.y + height > flow.area.bottom) nextPage(flow)
}

/** Adds an element to the structure. The caller ends it. */
export function addElement(flow: Flow, parent: Structure, type: string): Structure {
  const element = flow.pdf.struct(type)
  parent.add(element)
  return element
}

/** Draws something as content of an element. */
export function drawAs(flow: Flow, element: Structure, draw: () => void): void {
  const content = flow.pdf.markStructureContent('Span')
  draw()
  flow.pdf.endMarkedContent()
  element.add(content)
}

/** Draws something that is only decoration, such as a line: screen readers leave it out. */
export function drawArtifact({ pdf }: Flow, draw: () => void): void {
  pdf.markContent('Artifact', { type: 'Layout' })
  draw()
  pdf.endMarkedContent()
}

/** Writes a text as an element of its own at a place, without moving the flow. Returns its height. */
export function writeAs(
  flow: Flow,
  type: string,
  text: string,
  place: { readonly x: number; readonly y: number; readonly width: number },
  style: TextStyle = {},
): number {
  if (text === '') return 0
  const element = addElement(flow, flow.root, type)
  let height = 0
  drawAs(flow, element, () => {
    height = write(flow.pdf, text, place, style)
  })
  element.end()
  return height
}

/** Writes paragraphs over the whole width, over as many pages as they need. Empty lines separate like line breaks. */
export function writeParagraphs(flow: Flow, text: string, style: TextStyle = {}): void {
  const { pdf, area } = flow
  const width = area.right - area.left
  for (const paragraph of text.split(/\r\n|[\r\n\u2028\u2029]/)) {
    let rest = paragraph.trim()
    if (rest === '') continue
    const element = addElement(flow, flow.root, 'P')
    while (rest !== '') {
      const [fits, after] = splitAt(pdf, rest, width, area.bottom - flow.y, style)
      if (fits === '') {
        nextPage(flow)
        continue
      }
      drawAs(flow, element, () => {
        flow.y += write(pdf, fits, { x: area.left, y: flow.y, width }, style)
      })
      rest = after
    }
    element.end()
    flow.y += 4
  }
}

/** Writes a heading that stays on the page of the text below it. */
export function writeHeading(flow: Flow, text: string, style: TextStyle): void {
  const { area } = flow
  const place = { x: area.left, width: area.right - area.left }
  needHeight(flow, heightOf(flow.pdf, text, place.width, style) + 40)
  flow.y += writeAs(flow, 'H2', text, { ...place, y: flow.y }, style) + 4
}
