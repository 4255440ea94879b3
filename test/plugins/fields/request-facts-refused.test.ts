import { describe, expect, it } from 'vitest'
import { z } from 'zod'
import { sql } from '../../../src/platform/data/sql.ts'
import { computed } from '../../../src/platform/declare/objects/fields.ts'
import { composer, one } from '../schema/compose-plugins.ts'

const text = { description: 'A text.', type: 'String' } as const

describe('composing a plugin is refused for', () => {
  it.each([
    [
      'SQL that reads settings by another schema',
      () => computed({ ...text, value: (account) => sql`${account.settings(z.object({})).length}` }),
      /declares no settings by this schema\. Pass its `settings\.workspace`/,
    ],
    [
      'SQL that checks what is visible only for callers with a permission',
      () =>
        computed({
          ...text,
          value: (account) =>
            account.can('contact:read')
              ? sql`(select max(c.last_name) from contacts c where ${account.sees('Contact', sql`c`)})`
              : sql`(select max(c.last_name) from contacts c)`,
        }),
      /one: the SQL of Account\.it reads contacts without checking what the caller may see/,
    ],
  ])('%s', async (_what, field, message) => {
    const compose = await composer()
    expect(() => compose(one({ reads: ['contacts'], extend: { Account: { it: field() } } }))).toThrow(message)
  })
})
