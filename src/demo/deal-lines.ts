import type { Random } from './random.ts'

/** A line of a deal: a product of the catalogue by its SKU, and how much of it. */
export interface DemoLine {
  readonly sku: string
  readonly quantity: string
  readonly discountPercent: string
}

/** A product of a package: its SKU, how likely it is sold with the package, and its quantity for each workplace. */
type Part = readonly [sku: string, chance: number, perWorkplace: number]

/** What is sold together, and how often. Products of a package are bought by the same accounts, so that there is something to recommend. */
const PACKAGES: readonly (readonly [parts: readonly Part[], weight: number])[] = [
  [
    [
      ['DSK', 1, 1],
      ['CHR-TSK', 0.9, 1],
      ['LMP-DSK', 0.7, 1],
      ['SRV-INS', 0.6, 0.5],
    ],
    5,
  ],
  [
    [
      ['CHR-MTG', 1, 1],
      ['SRV-PLN', 0.6, 0.25],
    ],
    3,
  ],
  [
    [
      ['DSK-FRM', 1, 1],
      ['TOP-OAK', 0.7, 1],
      ['DSK-CBL', 0.8, 1],
      ['DSK-CST', 0.3, 1],
    ],
    3,
  ],
  [
    [
      ['SRV-MNT', 1, 0.1],
      ['SRV-INS', 0.5, 0.25],
    ],
    2,
  ],
]

/** Generates the lines of a deal: a package for 2 to about 120 workplaces, of which small numbers are far more likely. */
export function generateLines(random: Random): DemoLine[] {
  const parts = random.weighted(PACKAGES)
  const workplaces = Math.ceil(2 * 60 ** (random.next() ** 1.5))
  const discountPercent = random.weighted([
    ['0', 6],
    ['5', 3],
    ['10', 2],
    ['15', 1],
  ])
  return parts
    .filter(([, chance]) => random.chance(chance))
    .map(([sku, , perWorkplace]) => ({
      sku,
      quantity: String(Math.max(1, Math.ceil(workplaces * perWorkplace))),
      discountPercent,
    }))
}
