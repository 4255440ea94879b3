import { definePlugin, z } from 'rapport/plugin'
import { scoresOf } from './bureau.ts'

const settings = z.object({
  bureauUrl: z.url().optional().describe('Address of the credit bureau, which gets a list of domains.'),
})

export default definePlugin({
  id: 'creditrating',
  description: 'Says how sure it is that an account pays.',
  version: '1.0.0',
  api: '^1.0.0',
  permissions: ['account:read'],
  settings: { workspace: settings },
  schema(builder, { Account }) {
    const Grade = builder.enumType('CreditGrade', {
      description: 'How sure it is that an account pays.',
      values: {
        GOOD: { description: 'It has always paid.' },
        UNKNOWN: { description: 'Nobody knows.' },
        POOR: { description: 'It often has not paid.' },
      },
    })

    const Rating = builder.objectRef<{ domain: string | null; branches: number }>('CreditRating').implement({
      description: 'What is known of the credit of an account.',
      fields: (t) => ({
        branches: t.exposeInt('branches', { description: 'Number of branches that would pay too.' }),
        score: t.loadable({
          type: 'Int',
          nullable: true,
          description: 'Score of the credit bureau, from 0 to 100.',
          load: async (domains: string[], context) => {
            const { bureauUrl } = await context.settings(settings)
            return scoresOf(bureauUrl, domains)
          },
          resolve: ({ domain }) => domain,
        }),
      }),
    })

    builder.prismaObjectFields(Account, (t) => ({
      creditRating: t.field({
        type: Rating,
        description: 'What is known of the credit of the account.',
        args: { branchesLike: t.arg.string({ description: 'Counts only branches with this text in their name.' }) },
        select: ({ branchesLike }) => ({
          AccountDomain_account: { select: { domain: true }, orderBy: { position: 'asc' }, take: 1 },
          _count: {
            select: { Account_parent: branchesLike ? { where: { name: { contains: branchesLike } } } : true },
          },
        }),
        resolve: (account) => ({
          domain: account.AccountDomain_account[0]?.domain ?? null,
          branches: account._count.Account_parent,
        }),
      }),
      creditGrade: t.field({
        type: Grade,
        description: 'How sure it is that the account pays, by its revenue.',
        select: { annualRevenueAmount: true },
        resolve: ({ annualRevenueAmount: revenue }) =>
          revenue === null ? 'UNKNOWN' : revenue.lessThan(10_000) ? 'POOR' : 'GOOD',
      }),
      largestBranches: t.relation('Account_parent', {
        type: Account,
        description: 'Branches of the account, the largest first.',
        args: { take: t.arg.int({ defaultValue: 3, required: true, description: 'How many.' }) },
        query: ({ take }) => ({
          orderBy: { annualRevenueAmount: 'desc' },
          where: { annualRevenueAmount: { gt: 0 } },
          take,
        }),
      }),
    }))

    builder.queryField('creditworthyAccounts', (t) =>
      t.prismaField({
        type: [Account],
        description: 'The accounts with the largest revenue, at most 20.',
        permission: 'account:read',
        size: 20,
        resolve: (query, _root, _args, { prisma }) =>
          prisma.account.findMany({
            ...query,
            where: { annualRevenueAmount: { gte: 10_000 } },
            orderBy: { annualRevenueAmount: 'desc' },
            take: 20,
          }),
      }),
    )
  },
})
