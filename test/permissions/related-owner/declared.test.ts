import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { coreParts } from '../../../src/core.ts'
import { type Models, readModels } from '../../../src/platform/data/models/models.ts'
import { defineObject } from '../../../src/platform/declare/objects/object.ts'
import type { Plugin } from '../../../src/platform/declare/plugin.ts'
import { composeRegistry } from '../../../src/platform/registry/registry.ts'
import { deposit, rentPayment, TENANCIES, tenanciesPlugin, tenancy } from '../../plugins/tenancies/plugin.ts'

let models: Models
let corePlugins: readonly Plugin[]
beforeAll(async () => {
  const core = await coreParts()
  corePlugins = core.plugins
  const text = await readFile(join(TENANCIES, 'models.prisma'), 'utf8')
  models = readModels([core.models, { pluginId: 'tenancies', files: [{ path: 'models.prisma', text }] }])
})

/** Composes core with the plugin, whose payments have these options. */
const compose = (options: { readonly ownedBy?: string; readonly teamBy?: string }) =>
  composeRegistry(models, [
    ...corePlugins,
    tenanciesPlugin({ objects: [tenancy, { ...rentPayment, ...options }, deposit] }),
  ])

describe('composing a plugin is refused for', () => {
  it.each([
    [
      { ownedBy: 'tenacy.manager' },
      'tenancies: ownedBy of RentPayment is tenacy.manager. tenacy is not a to-one relation of model RentPayment to the id of a record. Did you mean tenancy?',
    ],
    [
      { ownedBy: 'tenancy.boss' },
      'tenancies: ownedBy of RentPayment is tenancy.boss. boss is not a to-one relation of model Tenancy to the id of a record. It has these: createdBy, updatedBy, manager, team.',
    ],
    [{ ownedBy: 'number.manager' }, 'number is not a to-one relation of model RentPayment'],
    [{ ownedBy: 'workspace.manager' }, 'workspace is not a to-one relation of model RentPayment'],
    // The opposite side of a relation, which the models of Prisma have, is a list.
    [{ ownedBy: 'tenancy.rentPayments' }, 'rentPayments is not a to-one relation of model Tenancy'],
    [{ ownedBy: 'tenancy.managerId' }, 'managerId is not a to-one relation of model Tenancy'],
    [
      { ownedBy: 'tenancy.team' },
      'tenancies: ownedBy of RentPayment is tenancy.team. It leads to Team, and has to lead to a user (model Actor).',
    ],
    [
      { teamBy: 'tenancy.manager' },
      'tenancies: teamBy of RentPayment is tenancy.manager. It leads to Actor, and has to lead to a team (model Team).',
    ],
    [{ ownedBy: 'tenancy' }, 'It leads to Tenancy, and has to lead to a user (model Actor).'],
    [{ ownedBy: 'tenancyId' }, 'It leads to Tenancy, and has to lead to a user (model Actor).'],
    [{ teamBy: 'createdBy' }, 'It leads to Actor, and has to lead to a team (model Team).'],
    [{ ownedBy: 'missing' }, 'missing is not a to-one relation of model RentPayment'],
    [
      { ownedBy: 'tenancy.manager.createdBy' },
      'tenancies: ownedBy of RentPayment is tenancy.manager.createdBy. Only paths of two steps are supported: a to-one relation of the object, and one of the record that it leads to, such as tenancy.manager.',
    ],
  ])('%o', (options, message) => {
    expect(() => compose(options)).toThrow(message)
  })

  it('no path of two relations that leads to a user, whatever the owner of the record in between', () => {
    expect(() => compose({ ownedBy: 'tenancy.createdBy', teamBy: 'tenancy.team' })).not.toThrow()
  })
})

describe('the TypeScript types of `ownedBy` and `teamBy`', () => {
  it('are the relations to a user or a team, and paths to them', () => {
    const course = { model: 'Enrollment', prefix: 'enrollment', columns: {} } as const
    defineObject({ ...course, ownedBy: 'createdBy' })
    defineObject({ ...course, ownedBy: 'contact.owner' })
    defineObject({ model: 'Contact', prefix: 'contact', columns: {}, ownedBy: 'owner' })
    defineObject({ model: 'Task', prefix: 'task', columns: {}, ownedBy: 'createdById' })
    // @ts-expect-error Leads to a contact.
    defineObject({ ...course, ownedBy: 'contact' })
    // @ts-expect-error A contact has no such relation.
    defineObject({ ...course, ownedBy: 'contact.boss' })
    // @ts-expect-error Leads to an account.
    defineObject({ ...course, ownedBy: 'course.venue' })
    // @ts-expect-error Leads to a user.
    defineObject({ ...course, teamBy: 'contact.owner' })
    // @ts-expect-error Three steps.
    defineObject({ ...course, ownedBy: 'course.venue.owner' })
    defineObject({ model: 'RecordGrant', prefix: 'grant', columns: {}, teamBy: 'team' })
  })
})
