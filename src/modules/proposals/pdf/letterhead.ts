import { addElement, drawArtifact, drawAs, type Flow, writeAs } from './flow.ts'
import type { Wording } from './line-table.ts'
import { FAINT_INK, heightOf, widthOf, write } from './page.ts'
import type { Proposal } from './proposal.ts'

const LOGO = { width: 170, height: 48 }
const HALF = 230
const LABEL = 84

/** Writes what stands above the lines: who sends the proposal to whom, and what it is. */
export function writeLetterhead(flow: Flow, proposal: Proposal, wording: Wording): void {
  writeSeller(flow, proposal)
  const top = flow.y
  const customerEnd = writeCustomer(flow, proposal, top)
  const factsEnd = writeFacts(flow, proposal, wording, top)
  flow.y = Math.max(customerEnd, factsEnd) + 30
  const { area } = flow
  const place = { x: area.left, y: flow.y, width: area.right - area.left }
  const title = `${wording.words.proposal} ${proposal.number}`
  flow.y += writeAs(flow, 'H1', title, place, { size: 18, isBold: true, color: proposal.design.color }) + 8
}

function writeSeller(flow: Flow, { seller, design }: Proposal): void {
  const { pdf, area } = flow
  const right = { x: area.right - HALF, y: flow.y, width: HALF }
  const addressHeight = writeAs(flow, 'P', [seller.name, ...seller.lines].join('\n'), right, {
    size: 8,
    color: FAINT_INK,
    align: 'right',
  })
  const left = { x: area.left, y: flow.y, width: area.right - area.left - HALF - 20 }
  const headHeight = design.logo
    ? drawLogo(flow, design.logo, seller.name)
    : writeAs(flow, 'P', seller.name, left, { size: 17, isBold: true, color: design.color })
  flow.y += Math.max(addressHeight, headHeight) + 12
  drawArtifact(flow, () => pdf.moveTo(area.left, flow.y).lineTo(area.right, flow.y).lineWidth(1.5).stroke(design.color))
  flow.y += 30
}

function drawLogo(flow: Flow, logo: Uint8Array, alternative: string): number {
  const { pdf, area } = flow
  const figure = pdf.struct('Figure', { alt: alternative })
  flow.root.add(figure)
  const { width, height } = LOGO
  drawAs(flow, figure, () => {
    pdf.image(Buffer.from(logo), area.left, flow.y, { fit: [width, height] })
  })
  figure.end()
  return height
}

/** Returns where the address ends. */
function writeCustomer(flow: Flow, { seller, customer }: Proposal, top: number): number {
  const { pdf, area } = flow
  const width = area.right - area.left - HALF - 20
  // The sender above the address shows in the window of an envelope; it is in the letterhead already.
  const sender = [seller.name, ...seller.lines].slice(0, 3).join(' · ')
  const senderHeight = heightOf(pdf, sender, width, { size: 6.5 })
  drawArtifact(flow, () => write(pdf, sender, { x: area.left, y: top, width }, { size: 6.5, color: FAINT_INK }))
  const nameTop = top + senderHeight + 6
  const nameHeight = writeAs(flow, 'P', customer.name, { x: area.left, y: nameTop, width }, { size: 11, isBold: true })
  const address = customer.lines.join('\n')
  const place = { x: area.left, y: nameTop + nameHeight, width }
  return place.y + writeAs(flow, 'P', address, place, { size: 10 })
}

/** Writes number, days and contact. Returns where they end. */
function writeFacts(flow: Flow, proposal: Proposal, { words, formats }: Wording, top: number): number {
  const { pdf, area } = flow
  const { number, versionNumber, issuedOn, validUntil, contactPerson } = proposal
  const facts = [
    [words.number, number],
    ...(versionNumber > 1 ? [[words.version, formats.number(String(versionNumber))]] : []),
    [words.date, formats.day(issuedOn)],
    ...(validUntil === null ? [] : [[words.validUntil, formats.day(validUntil)]]),
    ...(contactPerson === null ? [] : [[words.contact, contactPerson]]),
  ] as const
  const labels = facts.map(([label = '']) => widthOf(pdf, label))
  const labelWidth = Math.max(LABEL, ...labels) + 10
  const left = area.right - HALF
  let y = top
  const list = addElement(flow, flow.root, 'Table')
  for (const [label = '', value = ''] of facts) {
    const row = addElement(flow, list, 'TR')
    const width = HALF - labelWidth
    const height = heightOf(pdf, value, width)
    const head = addElement(flow, row, 'TH')
    const lineTop = y
    drawAs(flow, head, () => write(pdf, label, { x: left, y: lineTop, width: labelWidth }, { color: FAINT_INK }))
    head.end()
    const data = addElement(flow, row, 'TD')
    drawAs(flow, data, () => write(pdf, value, { x: left + labelWidth, y: lineTop, width }, { align: 'right' }))
    data.end()
    row.end()
    y += height + 3
  }
  list.end()
  return y
}
