import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { composeModels, readModelFiles } from '../../src/platform/data/models/compose-models.ts'
import { ModelError } from '../../src/platform/data/models/model-error.ts'
import { readModels } from '../../src/platform/data/models/models.ts'
import { CORE_MODELS, LEGAL_MODELS, source } from './model-sources.ts'

const core = source('core', CORE_MODELS)
const legal = source('legal', LEGAL_MODELS)
const donations = source('donations', LEGAL_MODELS.replaceAll('legal_', 'donations_').replaceAll('Matter', 'Gift'))

/** Returns the line of the composed schema that declares a field, with single spaces. */
function fieldLine(schema: string, block: string, field: string): string | undefined {
  const body = schema.split(`${block} {\n`)[1]?.split('\n}')[0] ?? ''
  const line = body.split('\n').find((text) => text.trim().startsWith(`${field} `))
  return line?.trim().replaceAll(/ +/g, ' ')
}

describe('the composed Prisma schema', () => {
  it('has a name on both sides of a relation, and the opposite field that the model file leaves out', () => {
    const schema = composeModels([core])

    expect(fieldLine(schema, 'model Account', 'workspace')).toBe(
      'workspace Workspace @relation("Account_workspace", fields: [workspaceId], references: [id], onDelete: Cascade)',
    )
    expect(fieldLine(schema, 'model Workspace', 'Account_workspace')).toBe(
      'Account_workspace Account[] @relation("Account_workspace")',
    )
  })

  it('has the opposite field also for a relation of a model to itself', () => {
    expect(fieldLine(composeModels([core]), 'model Account', 'Account_parent')).toBe(
      'Account_parent Account[] @relation("Account_parent")',
    )
  })

  it('has one record, not a list, as the opposite of a relation over the whole primary key', () => {
    expect(fieldLine(composeModels([core]), 'model Account', 'Profile_account')).toBe(
      'Profile_account Profile? @relation("Profile_account")',
    )
  })

  it('has the opposite field of a plugin relation in the core model', () => {
    expect(fieldLine(composeModels([core, legal]), 'model Account', 'Matter_account')).toBe(
      'Matter_account Matter[] @relation("Matter_account")',
    )
  })

  it('has each description directly above the model, view or field that it describes', () => {
    const schema = composeModels([core])

    expect(schema).toContain('/// An organisation.\n/// In two lines.\nmodel Account {')
    expect(schema).toContain('  /// Name of the organisation.\n  name ')
    expect(schema).toContain('/// An account, read only.\nview AccountView {')
  })

  it('does not depend on the order in which core and the plugins are given', () => {
    const schema = composeModels([core, legal, donations])

    expect(composeModels([core, legal, donations])).toBe(schema)
    expect(composeModels([donations, legal, core])).toBe(schema)
  })

  it('does not depend on the line ends of the model files', () => {
    expect(composeModels([source('core', CORE_MODELS.replaceAll('\n', '\r\n'))])).toBe(composeModels([core]))
  })
})

describe('model files (.prisma)', () => {
  it('are read from a directory in the order of their names, and other files are ignored', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'rapport-models-'))
    await writeFile(join(directory, 'b.prisma'), 'model B {}')
    await writeFile(join(directory, 'a.prisma'), 'model A {}')
    await writeFile(join(directory, 'notes.md'), 'not a model')

    const { pluginId: owner, files } = await readModelFiles('legal', directory)
    await rm(directory, { recursive: true })

    expect(owner).toBe('legal')
    expect(files).toEqual([
      { path: 'a.prisma', text: 'model A {}' },
      { path: 'b.prisma', text: 'model B {}' },
    ])
  })
})

describe('composing the models of core and plugins', () => {
  const matter = (change: (text: string) => string) => [core, source('legal', change(LEGAL_MODELS))]

  it.each([
    [
      'a model that core and a plugin declare',
      [core, source('legal', CORE_MODELS)],
      'The name Workspace is declared twice: in models.prisma of core and in models.prisma of plugin legal.',
    ],
    [
      'an enum that core and a plugin declare',
      [core, legal, source('donations', 'enum AccountType {\n  A\n}')],
      'The name AccountType is declared twice: in models.prisma of core and in models.prisma of plugin donations.',
    ],
    [
      'a table that core and a plugin declare',
      matter((text) => text.replace('legal_matters', 'accounts')),
      'The table or type name accounts is declared twice: in models.prisma of core and in models.prisma of plugin legal.',
    ],
    [
      'a core model that refers to a plugin',
      [source('core', CORE_MODELS.replace('type        AccountType?', 'matter Matter')), legal],
      'Account.matter in models.prisma of core refers to Matter of plugin legal. Core cannot depend on a plugin',
    ],
    [
      'a plugin model that refers to another plugin',
      [
        core,
        legal,
        source(
          'donations',
          'model Gift {\n  workspaceId String\n  id String\n  matter Matter\n  @@id([workspaceId, id])\n  @@map("donations_gifts")\n}',
        ),
      ],
      'Gift.matter in models.prisma of plugin donations refers to Matter of plugin legal.',
    ],
    [
      'a plugin table without the prefix of the plugin',
      matter((text) => text.replace('legal_matters', 'matters')),
      'write @@map("legal_…")',
    ],
    [
      'a plugin table with a primary key without the workspace',
      matter((text) => text.replace('@@id([workspaceId, id])', '@@id([id])')),
      'Matter in models.prisma of plugin legal has a primary key without the workspace.',
    ],
    [
      'a plugin relation with onDelete Restrict, which would prevent core from deleting records',
      matter((text) => text.replace('onDelete: SetNull', 'onDelete: Restrict')),
      'Matter.account in models.prisma of plugin legal refers to Account of core with onDelete Restrict. Write Cascade or SetNull',
    ],
    [
      'a plugin relation without onDelete',
      matter((text) => text.replace(', onDelete: SetNull', '')),
      'with onDelete left out',
    ],
    [
      'an opposite field that the model file declares',
      [source('core', CORE_MODELS.replace('slug String @unique', 'slug String @unique\n  accounts Account[]'))],
      'Workspace.accounts in models.prisma of core is a relation without @relation',
    ],
    [
      'a datasource',
      [source('core', 'datasource db {\n  provider = "sqlite"\n}')],
      'models.prisma of core has a datasource block.',
    ],
    ['invalid Prisma syntax', [source('core', 'model {')], 'models.prisma of core is not valid Prisma Schema Language'],
  ])('refuses %s', (_what, sources, message) => {
    expect(() => composeModels(sources)).toThrow(ModelError)
    expect(() => composeModels(sources)).toThrow(message)
  })

  it('accepts a plugin relation with onDelete Cascade or SetNull', () => {
    expect(() => readModels(matter((text) => text.replace('SetNull', 'Cascade')))).not.toThrow()
    expect(() => readModels([core, legal])).not.toThrow()
  })
})
