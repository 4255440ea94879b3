import { describe, expect, it } from 'vitest'
import { readModels } from '../../src/platform/data/models/models.ts'
import { printModelTypes } from '../../src/platform/data/models/print-model-types.ts'
import { source } from './model-sources.ts'

describe('the generated model types', () => {
  it('have the TypeScript types that the values of the columns have at run time', () => {
    const models = readModels([
      source(
        'core',
        `
model Gift {
  id         String   @id @db.Uuid
  amount     Decimal?
  receivedOn DateTime? @db.Date
  createdAt  DateTime @default(now()) @db.Timestamptz(3)
  position   BigInt
  kind       Kind     @default(CASH)
  tags       String[]
  notes      Json?
  search     String   @default(dbgenerated())
  donorId    String   @db.Uuid
  donor      Donor    @relation(fields: [donorId], references: [id])
}

model Donor {
  id   String  @id @db.Uuid
  file Bytes
  rank Float
  isIn Boolean
  size Int
}

enum Kind {
  CASH
  KIND
}
`,
      ),
    ])

    expect(printModelTypes(models)).toMatchInlineSnapshot(`
      "// Made from the model files by \`npm run generate\`: do not edit.

      /** Columns of each model, those that an insert may leave out, that the database computes, that hold days or decimal numbers; relations. */
      export interface ModelTypes {
        Gift: {
          columns: {
            id: string
            amount: string | null
            receivedOn: string | null
            createdAt: Date
            position: string
            kind: EnumTypes['Kind']
            tags: string[]
            notes: unknown
            search: string
            donorId: string
          }
          optional: 'amount' | 'receivedOn' | 'createdAt' | 'kind' | 'notes'
          generated: 'search'
          dates: 'receivedOn'
          decimals: 'amount'
          relations: { donor: 'Donor' }
        }
        Donor: {
          columns: {
            id: string
            file: Uint8Array
            rank: number
            isIn: boolean
            size: number
          }
          optional: never
          generated: never
          dates: never
          decimals: never
          relations: Record<never, never>
        }
      }

      /** Values of each enum. */
      export interface EnumTypes {
        Kind: 'CASH' | 'KIND'
      }
      "
    `)
    expect(printModelTypes(models)).toBe(printModelTypes(models))
  })
})
