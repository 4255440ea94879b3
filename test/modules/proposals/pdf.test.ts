import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { promisify } from 'node:util'
import { extractText, getDocumentProxy } from 'unpdf'
import { describe, expect, it } from 'vitest'
import type { Proposal } from '../../../src/modules/proposals/pdf/proposal.ts'
import { renderProposal } from '../../../src/modules/proposals/pdf/render-proposal.ts'
import { sampleGroup, sampleLine, sampleProposal } from './proposal-samples.ts'

/** Returns the text of each page, with one space between words. */
async function pagesOf(proposal: Proposal): Promise<readonly string[]> {
  const { text } = await extractText(await getDocumentProxy(new Uint8Array(await renderProposal(proposal))))
  return text.map((page) => page.replace(/\s+/g, ' '))
}

const textOf = async (proposal: Proposal) => (await pagesOf(proposal)).join(' ')

/** Renders in a process of its own, and returns the SHA-256 of the bytes. */
async function hashElsewhere(proposal: Proposal, timeZone: string): Promise<string> {
  const module = new URL('../../../src/modules/proposals/pdf/render-proposal.ts', import.meta.url)
  const code = `
    const { renderProposal } = await import(${JSON.stringify(module.href)})
    const { createHash } = await import('node:crypto')
    const bytes = await renderProposal(JSON.parse(process.argv[1]))
    console.log(createHash('sha256').update(bytes).digest('hex'))`
  const { stdout } = await promisify(execFile)(
    process.execPath,
    ['--input-type=module', '-e', code, JSON.stringify(proposal)],
    { env: { ...process.env, TZ: timeZone, LANG: 'ja_JP.UTF-8' } },
  )
  return stdout.trim()
}

describe('the PDF of a proposal', () => {
  it('has the same bytes in every process, at any time and in any time zone', async () => {
    const proposal = sampleProposal({ groups: [sampleGroup(), sampleGroup({ name: 'Ground floor' })] }, 'de-DE')
    const here = createHash('sha256')
      .update(await renderProposal(proposal))
      .digest('hex')
    const elsewhere = await Promise.all(
      ['Asia/Tokyo', 'America/Los_Angeles'].map((zone) => hashElsewhere(proposal, zone)),
    )
    expect(elsewhere).toEqual([here, here])
    const other = await renderProposal({ ...proposal, number: 'Q-00043' })
    expect(createHash('sha256').update(other).digest('hex')).not.toBe(here)
  })

  it('says who offers what to whom, until when and for how much', async () => {
    const proposal = sampleProposal({
      introduction: 'Thank you.',
      notes: 'Assembly is included.',
      terms: 'Payable within 30 days.',
      design: { ...sampleProposal().design, footer: 'HRB 123456' },
    })
    const text = await textOf(proposal)
    for (const part of [
      'Quotation Q-00042',
      'Nordlicht GmbH Speicherstraße 12 20457 Hamburg',
      'Acme Ltd Ada Lovelace London',
      'Date 29 November 2026',
      'Valid until 31 December 2026',
      'Contact Katrin Sørensen',
      'Thank you.',
      'No. Item Quantity Unit price Tax Amount',
      '1 Chair CH-1 4 €1,249.00 19% €4,996.00',
      'Subtotal €4,996.00 Tax (19%) €949.24 Total €5,945.24',
      'Assembly is included.',
      'Terms and conditions Payable within 30 days.',
      'HRB 123456',
      'Page 1 of 1',
    ])
      expect(text).toContain(part)
  })

  it('is tagged, and has its language and its title', async () => {
    const document = await getDocumentProxy(new Uint8Array(await renderProposal(sampleProposal({}, 'de-DE'))))
    const { info } = await document.getMetadata()
    expect(info).toMatchObject({
      Title: 'Angebot Q-00042',
      Author: 'Nordlicht GmbH',
      Language: 'de-DE',
      CreationDate: 'D:20261129000000Z',
    })
    expect(await document.getMarkInfo()).toMatchObject({ Marked: true })
    const roles = JSON.stringify(await (await document.getPage(1)).getStructTree())
    for (const role of ['"Document"', '"H1"', '"Table"', '"TR"', '"TH"', '"TD"']) expect(roles).toContain(role)
  })

  it('writes amounts, numbers, days and words as the locale does', async () => {
    const german = await textOf(sampleProposal({}, 'de-DE'))
    expect(german).toContain('Gesamtbetrag 5.945,24 €')
    expect(german).toContain('Gültig bis 31. Dezember 2026')
    const french = await textOf(sampleProposal({ currency: 'CHF' }, 'fr-FR'))
    expect(french).toContain('Total 5 945,24 CHF')
    // A locale without words of its own has its numbers, and English words.
    expect(await textOf(sampleProposal({}, 'pl-PL'))).toMatch(/Quotation.*Total 5945,24\s€/u)
    const yen = sampleProposal({
      currency: 'JPY',
      groups: [sampleGroup({ lines: [sampleLine({ unitPrice: '99.5' })] })],
    })
    expect(await textOf(yen)).toContain('JP¥99.5')
  })

  it('has paper of the size that is usual in the region', async () => {
    const widthIn = async (locale: string) => {
      const document = await getDocumentProxy(new Uint8Array(await renderProposal(sampleProposal({}, locale))))
      const [, , width] = (await document.getPage(1)).view
      return Math.round(width ?? 0)
    }
    expect([await widthIn('en-US'), await widthIn('en-GB'), await widthIn('en')]).toEqual([612, 595, 612])
  })

  it('shows groups with their discounts, and the discount on the whole', async () => {
    const text = await textOf(
      sampleProposal({
        groups: [
          sampleGroup({ name: 'Ground floor', discount: '96.00', total: '4900.00' }),
          sampleGroup({ name: 'First floor', lines: [sampleLine({ discountPercent: '7.5000' })] }),
        ],
        totals: { ...sampleProposal().totals, discount: '250.00', discountPercent: '5.0000' },
      }),
    )
    expect(text).toContain('Discount -€96.00 Subtotal Ground floor €4,900.00')
    expect(text).toContain('2 Chair CH-1 4 €1,249.00 7.5% 19% €4,996.00')
    expect(text).toContain('Discount (5%) -€250.00')
  })

  it('repeats the head of the table on each page, and keeps the totals together', async () => {
    const lines = Array.from({ length: 60 }, (_, index) => sampleLine({ name: `Chair ${index + 1}` }))
    const pages = await pagesOf(sampleProposal({ groups: [sampleGroup({ lines })] }))
    expect(pages.length).toBeGreaterThan(2)
    const withLines = pages.filter((page) => page.includes('CH-1'))
    expect(withLines.every((page) => page.includes('Item Quantity'))).toBe(true)
    const names = [...pages.join(' ').matchAll(/Chair (\d+)/g)].map(([, number]) => Number(number))
    expect(names).toEqual(lines.map((_, index) => index + 1))
    expect(pages.at(-1)).toMatch(/Subtotal .* Total €5,945.24/)
    expect(pages.map((page) => /Page \d+ of \d+/.exec(page)?.[0])).toEqual(
      pages.map((_, index) => `Page ${index + 1} of ${pages.length}`),
    )
  })

  it('loses no word of texts that are longer than a page', async () => {
    const words = Array.from({ length: 3_000 }, (_, index) => `word${index}`)
    const proposal = sampleProposal({
      groups: [sampleGroup({ lines: [sampleLine({ description: words.slice(0, 1_500).join(' ') }), sampleLine()] })],
      terms: words.slice(1_500).join(' '),
    })
    const found = [...(await textOf(proposal)).matchAll(/word\d+/g)].map(([word]) => word)
    expect(found).toEqual(words)
  })

  it('writes Latin, Greek and Cyrillic letters', async () => {
    const text = await textOf(
      sampleProposal({ customer: { name: 'Ακρόπολις Α.Ε.', lines: ['Ольга Їжак', 'Łódź Ørsted'] } }),
    )
    expect(text).toContain('Ακρόπολις Α.Ε. Ольга Їжак Łódź Ørsted')
  })

  it('refuses an amount that is no decimal number', async () => {
    const totals = { ...sampleProposal().totals, total: 'NaN' }
    await expect(renderProposal(sampleProposal({ totals }))).rejects.toThrow('NaN is not a decimal number.')
  })
})
