/** Waits for every statement of a pipeline before throwing the first failure, so that none is left running. */
export async function settle(pending: readonly Promise<unknown>[]): Promise<void> {
  await Promise.allSettled(pending)
  await Promise.all(pending)
}
