import { definePlugin } from '../../../src/platform/declare/plugin.ts'
import { defineAccessRule } from '../../../src/platform/declare/rules/access-rule.ts'
import type { CallerRights } from './data/callers.ts'

/** The callers for whom random queries are compared. */
export const RIGHTS: Readonly<Record<string, CallerRights>> = {
  everything: { permissions: ['*:*'] },
  'all records': { permissions: ['*:read'] },
  'mixed scopes': {
    permissions: [
      ...['account:read@own', 'account:read@team', 'contact:read@team', 'interaction:read@hierarchy', 'task:read@own'],
      ...['relationship:read', 'relationshipSide:read', 'relationshipType:read', 'actor:read'],
      ...['user:read@team', 'team:read@own', 'role:read', 'recordGrant:read@own', 'session:read@own', 'workspace:read'],
    ],
  },
  'some fields': {
    permissions: [
      ...['account.name:read', 'account.owner:read', 'account.parent:read', 'account.annualRevenue:read'],
      ...['account.domains:read', 'account.relationships:read', 'contact.lastName:read', 'contact.emails:read'],
      ...[
        'contact.accounts:read',
        'user.displayName:read',
        'user.roles:read',
        'role.name:read',
        'actor.displayName:read',
      ],
      ...['interaction.subject:read', 'interaction.participants:read', 'interaction.regarding:read'],
      ...['interaction.durationSeconds:read', 'task.title:read', 'task.regarding:read', 'task.createdBy:read'],
      ...[
        'team.name:read',
        'team.members:read',
        'relationshipType.createdBy:read',
        'workspace.auditRetentionDays:read',
      ],
      ...['relationship.from:read', 'relationship.type:read', 'relationshipSide.other:read'],
    ],
  },
  'fields of some records': {
    permissions: [
      ...['contact.firstName:read', 'contact:read@own', 'contact.lastName:read@team', 'contact.emails:read@own'],
      ...['account.name:read', 'account:read@own', 'account.tier:read@team', 'account.contacts:read'],
      ...['interaction.subject:read', 'interaction:read@own', 'task.title:read', 'task:read@hierarchy'],
      ...['actor.displayName:read', 'actor:read@own', 'user.displayName:read@own', 'relationshipType:read'],
      ...['user.createdBy:read', 'actor.createdBy:read@own'],
      ...['relationship.startedOn:read', 'relationship:read@own', 'user.email:read', 'team.name:read', 'team:read@own'],
    ],
  },
  'shared records': {
    permissions: [
      ...['account:read@shared', 'contact:read@shared', 'interaction:read@shared', 'task:read@shared'],
      ...[
        'relationship:read@shared',
        'relationshipType:read',
        'relationshipSide:read',
        'actor:read',
        'team:read@shared',
      ],
    ],
  },
  'key scopes': {
    permissions: ['*:read', 'user:read', 'role:read'],
    keyScopes: [
      ...['account:read', 'contact.firstName:read', 'contact:read@own', 'interaction:read@own', 'task:read'],
      ...['actor:read', 'relationshipType:read', 'user.displayName:read', 'relationship:read'],
    ],
  },
  'access rule': { permissions: ['*:read', 'user:read', 'role:read', 'apiKey:read'] },
  nothing: { permissions: [] },
}

/** Restricts what the caller `access rule` sees of accounts and contacts. */
export const fence = definePlugin({
  id: 'fence',
  description: 'Hides some accounts and contacts.',
  version: '1.0.0',
  api: '^1.0.0',
  accessRules: [
    defineAccessRule({
      name: 'fence.accounts',
      description: 'Accounts of one industry.',
      object: 'Account',
      on: ['read'],
      decide: ({ actor }) => !actor.roles.includes('access rule') || { NOT: [{ industry: { equals: 'alpha' } }] },
    }),
    defineAccessRule({
      name: 'fence.contacts',
      description: 'Contacts of accounts that the caller sees.',
      object: 'Contact',
      on: ['read'],
      decide: ({ actor }) =>
        !actor.roles.includes('access rule') || { accounts: { some: { tier: { isNull: false } } } },
    }),
  ],
})

/** The callers for whom random queries are compared where the shipped plugins are enabled. */
export const PLUGIN_RIGHTS: Readonly<Record<string, CallerRights>> = {
  everything: { permissions: ['*:*'] },
  'all records': { permissions: ['*:read', 'user:read'] },
  'own records of plugins': {
    permissions: [
      ...[
        'matter.number:read',
        'matter:read@own',
        'matter.parties:read',
        'deadline:read@team',
        'alternateName:read@own',
      ],
      ...['conflictReport:read@hierarchy', 'gift:read@own', 'gift.amount:read', 'gift.method:read', 'fund.name:read'],
      ...[
        'constituent:read@own',
        'cart:read@own',
        'cart.items:read',
        'cart.sourceId:read',
        'cartRescueOptOut:read@own',
      ],
      ...['contact.lastName:read', 'contact:read@own', 'contact.matters:read', 'account.name:read'],
      ...['account.matters:read', 'interaction.subject:read', 'interaction:read@own', 'interaction.step:read@own'],
      ...['interaction.couponCode:read@team', 'interaction.cart:read@own', 'actor:read', 'relationshipType:read'],
      ...['user:read@team', 'cart.rescueMessages:read'],
    ],
  },
  'fields of plugins': {
    permissions: [
      ...[
        'matter.name:read',
        'matter.responsible:read',
        'gift.donor:read',
        'gift.contact:read',
        'gift.allocations:read',
      ],
      ...['fund.code:read', 'user.displayName:read', 'contact.lastName:read@own', 'account.name:read'],
      ...['constituent.contact:read', 'interaction.step:read', 'interaction.cart:read', 'cart:read@own'],
      ...['deadline.title:read', 'deadline.matter:read', 'actor.displayName:read', 'relationshipType.createdBy:read'],
    ],
  },
}
