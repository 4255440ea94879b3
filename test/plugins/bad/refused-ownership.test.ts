import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { pluginFiles } from '../lifecycle/plugins.ts'
import { type Corpus, expectPlanRefuses, expectRefused, openCorpus } from './corpus.ts'

let corpus: Corpus
beforeAll(async () => {
  corpus = await openCorpus()
})
afterAll(() => corpus.close())

/** The files of a plugin whose gifts are owned by way of their contact. */
const owned = (folder: string, ownedBy: string) =>
  Object.fromEntries(
    Object.entries(pluginFiles(folder)).map(([file, text]) => [
      file,
      text.replace('relations: { contact: {} }', `relations: { contact: {} }, ownedBy: '${ownedBy}'`),
    ]),
  )

describe('a plugin whose object is owned through a relation', () => {
  it('is added when the path leads to a user', async () => {
    await corpus.write(owned('gives', 'contact.owner'))
    expect(await corpus.plan('gives')).toBe('')
    await corpus.add('gives')
  })

  it('is refused, by `rapport plugin plan` too, when the path does not exist', async () => {
    const reason =
      /misses: ownedBy of MissesGift is contact\.owners\. owners is not a to-one relation .* Did you mean owner\?/
    await expectRefused(corpus, 'misses', owned('misses', 'contact.owners'), { reason })
    await expectPlanRefuses(corpus, 'misses', reason)
  })
})
