import { readFileSync } from 'node:fs'
import { at, listAt, textAt } from '../../../src/testing/answers.ts'
import type { TestClient } from '../../../src/testing/client.ts'
import { addRecord, type Made } from '../../support/records.ts'

/** A pipeline and its stages, by name. */
export interface TestPipeline {
  readonly id: string
  readonly stages: Readonly<Record<string, string>>
}

/** Reads the default pipeline, which each workspace has. */
export async function defaultPipeline(client: TestClient): Promise<TestPipeline> {
  const data = await client.must('{ pipelines(first: 10) { nodes { id isDefault stages { id name } } } }')
  const pipeline = listAt(data, 'pipelines.nodes').find((each) => at(each, 'isDefault') === true)
  const stages = listAt(pipeline, 'stages').map((stage) => [textAt(stage, 'name'), textAt(stage, 'id')])
  return { id: textAt(pipeline, 'id'), stages: Object.fromEntries(stages) }
}

type Input = Readonly<Record<string, unknown>>

export function addDeal(client: TestClient, input: Input = {}): Promise<Made> {
  return addRecord(client, 'Opportunity', { name: 'Deal', ...input })
}

const FIELDS =
  'id version status stage { id name } position closedOn closedAt lossReason { name } lossComment probability forecastCategory amount { amount currency } weightedAmount { amount currency }'

/** Runs an act on an opportunity and returns its payload. */
export async function act(client: TestClient, name: string, input: Input): Promise<unknown> {
  const type = `${name.charAt(0).toUpperCase()}${name.slice(1)}Input!`
  const document = `mutation ($input: ${type}) { ${name}(input: $input) { opportunity { ${FIELDS} } userErrors { __typename code message path } } }`
  return at(await client.must(document, { input }), name)
}

/** Runs an act, and returns the opportunity. Throws when the act is refused. */
export async function mustAct(client: TestClient, name: string, input: Input): Promise<Made> {
  const payload = await act(client, name, input)
  const made = at(payload, 'opportunity')
  if (!made) throw new Error(`${name} was refused: ${JSON.stringify(payload)}`)
  return { id: textAt(made, 'id'), version: Number(at(made, 'version')) }
}

/** Returns the id of a loss reason. */
export async function lossReason(client: TestClient, name = 'Price'): Promise<string> {
  const data = await client.must(
    'query ($name: String!) { lossReasons(filter: { name: { equals: $name } }) { nodes { id } } }',
    {
      name,
    },
  )
  return textAt(listAt(data, 'lossReasons.nodes')[0], 'id')
}

/** The documents of the operations that front-ends send, by name. */
export function operation(name: string): string {
  const text = readFileSync(new URL('../../operations/sell.graphql', import.meta.url), 'utf8')
  const document = text.split(/(?=^(?:query|mutation|subscription) )/m).find((part) => part.split(/[ ({]/)[1] === name)
  if (!document) throw new Error(`There is no operation ${name}.`)
  return document
}
