import { once } from 'node:events'
import { createServer } from 'node:net'
import type { Config } from '../../config.ts'
import { type Finding, good, problem } from './finding.ts'

const ANSWER_LIMIT = 2_000

/** Looks whether the server's port is free or already answers as Rapport. */
export async function examinePort({ host, port }: Config): Promise<Finding> {
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  if (port === 0 || (await isFree(host, port))) return good('Port', `${address} is free.`)
  return (await answersAsRapport(address))
    ? good('Port', `Rapport answers at ${address}.`)
    : problem('Port', `${address} cannot be used: another program has it, or this user may not. Choose another PORT.`)
}

async function isFree(host: string, port: number): Promise<boolean> {
  const probe = createServer().listen(port, host)
  try {
    await once(probe, 'listening')
    return true
  } catch {
    return false
  } finally {
    probe.close()
  }
}

async function answersAsRapport(address: string): Promise<boolean> {
  try {
    const url = `http://${address}/.well-known/jwks.json`
    const answer = await fetch(url, { signal: AbortSignal.timeout(ANSWER_LIMIT) })
    const body: unknown = await answer.json()
    return typeof body === 'object' && body !== null && 'keys' in body
  } catch {
    return false
  }
}
