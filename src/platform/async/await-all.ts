/** Waits for every promise of a pipeline, and only then throws the first failure, so that no statement is left running. */
export async function awaitAll<Pending extends readonly Promise<unknown>[]>(
  pending: readonly [...Pending],
): Promise<{ [Index in keyof Pending]: Awaited<Pending[Index]> }> {
  await Promise.allSettled(pending)
  return Promise.all(pending)
}
