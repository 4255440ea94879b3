import { execFile } from 'node:child_process'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')

/** The packages that a module loads, found in a separate process. */
async function packagesOf(module: string): Promise<string[]> {
  const code = `
    import { registerHooks } from 'node:module'
    const packages = new Set()
    registerHooks({
      load(url, context, next) {
        const name = /.*\\/node_modules\\/((?:@[^/]+\\/)?[^/]+)\\//.exec(url)?.[1]
        if (name) packages.add(name)
        return next(url, context)
      },
    })
    await import(${JSON.stringify(pathToFileURL(resolve(root, module)).href)})
    console.log(JSON.stringify([...packages]))`
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', code], { cwd: root })
  const packages: unknown = JSON.parse(stdout)
  if (!Array.isArray(packages)) throw new Error(stdout)
  return packages.map(String)
}

it.each(['src/cli/serve.ts', 'src/cli/command-line.ts'])(
  '%s does not load libpg-query and other packages that only some commands need',
  async (module) => {
    const packages = await packagesOf(module)
    expect(packages).toContain('graphql')
    for (const heavy of ['libpg-query', '@graphql-inspector/core', '@prisma/schema-engine-wasm'])
      expect(packages).not.toContain(heavy)
  },
)
