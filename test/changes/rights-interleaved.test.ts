import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { at, textAt } from '../../src/testing/answers.ts'
import { createTestApp, type TestApp } from '../support/app.ts'
import { addCaller, type Caller, READS_ALL } from '../support/caller.ts'
import { logEnd, logSettled } from '../support/log.ts'
import { addTask } from '../support/records.ts'
import { type EventStream, openStream } from '../support/sse.ts'

let app: TestApp
beforeAll(async () => {
  app = await createTestApp()
  await addTask(app.as('member'), { title: 'First' })
})
beforeEach(() => logSettled(app))
afterAll(() => app.close())

const CHANGES = 'subscription ($after: String) { changes(after: $after) { cursor recordId } }'

/** The steps of a run. The caller loses and regains rights; a write creates one task; no step waits for the stream. */
type Step = 'write' | 'restrict' | 'suspend' | 'restore' | 'resume' | 'look'

async function restore({ workspaceId, id, roleId }: Caller): Promise<void> {
  const { ownerPool } = app.database
  await ownerPool.query('update roles set permissions = $3 where workspace_id = $1 and id = $2', [
    workspaceId,
    roleId,
    READS_ALL,
  ])
  await ownerPool.query('update actors set is_active = true where workspace_id = $1 and id = $2', [workspaceId, id])
}

async function lose(step: Step, { workspaceId, id, roleId }: Caller): Promise<void> {
  const [text, key] =
    step === 'suspend'
      ? ['update actors set is_active = false where workspace_id = $1 and id = $2', id]
      : [`update roles set permissions = '{workspace:read}' where workspace_id = $1 and id = $2`, roleId]
  await app.database.ownerPool.query(text, [workspaceId, key])
}

/** A client as the front-end guide describes it: it keeps the last cursor, and resumes with it after a stream ends. */
function followLog(caller: Caller, start: string) {
  const seen: string[] = []
  let after = start
  let stream: EventStream | null = null
  return {
    seen,
    /** Opens a stream unless one is open. Does nothing when the server refuses it. */
    async resume() {
      stream ??= await openStream(app, app.withCredential(caller.token), CHANGES, { after }).catch(() => null)
    },
    /** Reads the events that have arrived; with `isEnd` after waiting for the end of the stream. */
    async take(isEnd: boolean): Promise<void> {
      if (!stream) return
      if (isEnd) await stream.ended
      for (const event of await stream.drain(0)) {
        if (at(event, 'errors')) stream = null
        else {
          seen.push(textAt(event, 'data.changes.recordId'))
          after = textAt(event, 'data.changes.cursor')
        }
      }
    },
    close: () => stream?.close(),
  }
}

it('a client whose streams end when the caller loses rights, and which resumes, gets all changes once and in order', async () => {
  const step = fc.constantFrom<Step>('write', 'write', 'write', 'restrict', 'suspend', 'restore', 'resume', 'look')
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
      await logSettled(app)
      const caller = await addCaller(app)
      const client = followLog(caller, await logEnd(app))
      const written: string[] = []
      await client.resume()
      for (const each of steps) {
        if (each === 'write') written.push((await addTask(app.as('member'), { title: 'T' })).id)
        else if (each === 'restore') await restore(caller)
        else if (each === 'resume') await client.resume()
        else if (each === 'look') await client.take(false)
        else {
          await lose(each, caller)
          const before = written.length
          // From here on the stream must send nothing that is written, and this write makes it check the rights.
          written.push((await addTask(app.as('member'), { title: 'After the loss' })).id)
          await client.take(true)
          expect(client.seen.length).toBeLessThanOrEqual(before)
          await client.resume()
          await client.take(true)
          expect(client.seen.length).toBeLessThanOrEqual(before)
        }
      }
      await restore(caller)
      await logSettled(app)
      await client.take(false)
      await client.resume()
      await expect
        .poll(async () => {
          await client.take(false)
          await client.resume()
          return client.seen
        })
        .toEqual(written)
      client.close()
    }),
    { numRuns: 20 },
  )
}, 120_000)
