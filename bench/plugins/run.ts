import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openTestRun } from '../../src/testing/run.ts'
import { openTestServer } from '../../src/testing/server.ts'
import type { Boot } from './boot.ts'
import { generatePlugins, TYPES_PER_PLUGIN } from './generate.ts'
import { measureRules } from './rules.ts'

const COUNTS = [0, 10, 50]
const REPEATS = 3

const run = promisify(execFile)
const cluster = await openTestRun()
try {
  console.log(
    `Plugins of ${TYPES_PER_PLUGIN} types each, all enabled in one workspace (medians of ${REPEATS} starts)\n`,
  )
  console.log('| plugins | boot ms | first request ms | next request ms | RSS MB | heap MB |')
  console.log('| ---: | ---: | ---: | ---: | ---: | ---: |')
  for (const count of COUNTS) {
    const boot = await measureBoot(count)
    const cells = [boot.bootMs, boot.firstRequestMs, boot.nextRequestMs, boot.rssMb, boot.heapMb].map((value) =>
      value.toFixed(1),
    )
    console.log(`| ${count} | ${cells.join(' | ')} |`)
  }
  const cost = await measureRules()
  console.log(
    `\ncreateAccount: ${cost.withoutUs.toFixed(0)} us without plugin rules, ${cost.withOneUs.toFixed(0)} with one, ${cost.withAllUs.toFixed(0)} with ${cost.rules} that do nothing: ` +
      `${cost.fixedUs.toFixed(0)} us for running rules, and ${cost.eachUs.toFixed(1)} us for each rule.`,
  )
} finally {
  await cluster.close()
}

async function measureBoot(count: number): Promise<Boot> {
  const server = await openTestServer({ plugins: generatePlugins(count) })
  try {
    const boots: Boot[] = []
    for (let index = 0; index < REPEATS; index++) {
      const script = fileURLToPath(new URL('boot.ts', import.meta.url))
      const args = ['--expose-gc', script, server.databaseUrl, server.as('admin').token ?? '', String(count)]
      boots.push(JSON.parse((await run(process.execPath, args)).stdout))
    }
    const medianOf = (of: (boot: Boot) => number) => boots.map(of).toSorted((a, b) => a - b)[boots.length >> 1] ?? 0
    return {
      bootMs: medianOf((boot) => boot.bootMs),
      firstRequestMs: medianOf((boot) => boot.firstRequestMs),
      nextRequestMs: medianOf((boot) => boot.nextRequestMs),
      rssMb: medianOf((boot) => boot.rssMb),
      heapMb: medianOf((boot) => boot.heapMb),
    }
  } finally {
    await server.close()
  }
}
