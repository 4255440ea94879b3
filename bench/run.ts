import { mkdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { runBench } from './bench.ts'
import { type BenchOptions, readOptions, USAGE } from './options.ts'
import { openCluster } from './postgres/cluster.ts'
import { openBenchDatabase } from './postgres/database.ts'
import { installPostGraphile } from './servers/install.ts'

process.exitCode = await main()

async function main(): Promise<number> {
  try {
    const options = readOptions(process.argv.slice(2))
    if (options === 'help') console.log(USAGE)
    else await bench(options)
    return 0
  } catch (error) {
    console.error(error instanceof Error ? error.message : error)
    return 1
  }
}

async function bench(options: BenchOptions): Promise<void> {
  const log = (line: string) => console.error(line)
  if (options.profile) mkdirSync(options.profile, { recursive: true })
  await installPostGraphile(log)
  const cluster = await openCluster(join(tmpdir(), 'rapport-bench'), process.env['BENCH_DATABASE_URL'])
  const onInterrupt = () => {
    void cluster.stop(options).finally(() => process.exit(130))
  }
  process.once('SIGINT', onInterrupt)
  process.once('SIGTERM', onInterrupt)
  try {
    const database = await openBenchDatabase(cluster, options.seed, options.scale, log)
    try {
      const report = await runBench(options, database.url, cluster.source, log)
      console.log(report.text)
      if (options.json)
        writeFileSync(
          options.json,
          `${JSON.stringify({ options, facts: report.facts, cases: report.cases }, null, 2)}\n`,
        )
    } finally {
      if (!options.keep) await database.drop()
    }
  } finally {
    await cluster.stop(options)
  }
}
