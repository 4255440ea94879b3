import { Command } from 'commander'
import { createUser } from '../../modules/workspaces/create-user.ts'
import { findUserByEmail, requireWorkspace } from '../../modules/workspaces/find-users.ts'
import { changeStatus } from '../../platform/identity/actor-status.ts'
import { setPassword } from '../../platform/identity/passwords/passwords.ts'
import { makeSetupToken } from '../../platform/identity/passwords/setup-tokens.ts'
import type { CommandContext } from '../command-context.ts'
import { CommandError } from '../command-error.ts'
import { withOwner } from '../connect.ts'

/** `rapport user` */
export function userCommand(context: CommandContext): Command {
  return new Command('user')
    .description('Manage users: the people who sign in to a workspace.')
    .addCommand(create(context))
    .addCommand(password(context))
    .addCommand(suspend(context))
    .addCommand(reactivate(context))
}

interface UserOptions {
  workspace: string
  email: string
}

/** Returns a command with the options --workspace and --email, which identify a user. */
function userCommandOf(name: string): Command {
  return new Command(name)
    .requiredOption('--workspace <slug>', 'workspace of the user')
    .requiredOption('--email <email>', 'e-mail of the user')
}

function create(context: CommandContext): Command {
  return userCommandOf('create')
    .description(
      'Create a user. The user signs in with a password (rapport user set-password) or through an identity provider.',
    )
    .requiredOption('--name <name>', 'name of the user, shown to other users')
    .requiredOption('--role <role>', 'role of the user: admin, member, read-only, or another role of the workspace')
    .action(async ({ workspace, email, name, role }: UserOptions & { name: string; role: string }) => {
      const command = 'rapport user create'
      await withOwner(context, command, async (ownerPool) => {
        const workspaceId = await requireWorkspace(ownerPool, workspace)
        await createUser(ownerPool, { workspaceId, email, displayName: name, roleName: role }, command)
      })
      context.print(
        `Created the user ${email}. To let them set a password, run: rapport user set-password --workspace ${workspace} --email ${email}`,
      )
    })
}

function password(context: CommandContext): Command {
  return userCommandOf('set-password')
    .description(
      'Print only a token with which the user can set a password once, within seven days. With --stdin, set the password instead.',
    )
    .option('--stdin', 'read the password from the first line of standard input')
    .action(async ({ stdin, ...options }: UserOptions & { stdin?: true }) => {
      const newPassword = stdin ? await firstLine(context.input?.() ?? []) : null
      const command = 'rapport user set-password'
      const token = await withOwner(context, command, async (ownerPool) => {
        const user = await findUserByEmail(ownerPool, options.workspace, options.email)
        if (newPassword === null) return (await makeSetupToken(ownerPool, user, command)).token
        await setPassword(ownerPool, user, newPassword, command)
        return null
      })
      context.print(token ?? `The password of ${options.email} is set. All earlier sessions were ended.`)
    })
}

function suspend(context: CommandContext): Command {
  return userCommandOf('suspend')
    .description('Suspend a user: refuse their requests from now on, and end their sessions.')
    .option('--force', 'suspend the user even if they are the last administrator of the workspace')
    .action(async ({ workspace, email, force }: UserOptions & { force?: true }) => {
      const command = 'rapport user suspend'
      await withOwner(context, command, async (ownerPool) => {
        const user = await findUserByEmail(ownerPool, workspace, email)
        const isForced = force === true
        await changeStatus(ownerPool, { ...user, kind: 'USER', isActive: false, command, isForced })
      })
      context.print(`The user ${email} of ${workspace} is suspended.`)
    })
}

function reactivate(context: CommandContext): Command {
  return userCommandOf('reactivate')
    .description('Let a suspended user sign in again.')
    .action(async ({ workspace, email }: UserOptions) => {
      const command = 'rapport user reactivate'
      await withOwner(context, command, async (ownerPool) => {
        const user = await findUserByEmail(ownerPool, workspace, email)
        await changeStatus(ownerPool, { ...user, kind: 'USER', isActive: true, command })
      })
      context.print(`The user ${email} of ${workspace} is active.`)
    })
}

/** Number of characters after which no more is read from standard input. */
const MAX_INPUT_LENGTH = 10_000

/** Returns the first line of the input. Throws CommandError when this line is empty. */
async function firstLine(input: AsyncIterable<unknown> | readonly unknown[]): Promise<string> {
  let text = ''
  for await (const chunk of input) {
    text += String(chunk)
    if (text.includes('\n') || text.length > MAX_INPUT_LENGTH) break
  }
  const [line = ''] = text.split(/\r?\n/)
  if (line === '') throw new CommandError('Standard input contains no password.')
  return line
}
