import { checkConformance } from '../../../src/platform/plugins/conformance/check-conformance.ts'
import type { Finding } from '../../../src/platform/plugins/conformance/finding.ts'
import { conformanceSetup } from '../../../src/testing/conformance.ts'

/**
 * Runs all checks, or only the named one and those of the import and the composition, which the others need. Returns their
 * findings by name.
 */
export async function check(directory: string, only?: string, isPublished = false): Promise<Map<string, Finding>> {
  const setup = await conformanceSetup([], isPublished, only)
  const findings = new Map<string, Finding>()
  try {
    for await (const finding of checkConformance(directory, setup)) findings.set(finding.check, finding)
  } finally {
    await setup.close()
  }
  return findings
}

/** The problems of the failed checks, by the name of the check. */
export function failures(findings: ReadonlyMap<string, Finding>): Record<string, readonly string[]> {
  return Object.fromEntries(
    [...findings.values()].filter(({ problems }) => problems.length > 0).map((each) => [each.check, each.problems]),
  )
}
