import type { Grantee } from '../request/actor.ts'

/** Returns an actor whose every action these permissions have to allow too, besides what limits the actor already. */
export function limitedTo<Limited extends Grantee>(actor: Limited, permissions: ReadonlySet<string>): Limited {
  const limitedBy = actor.limitedBy ? { permissions, limitedBy: actor.limitedBy } : { permissions }
  return { ...actor, limitedBy }
}
