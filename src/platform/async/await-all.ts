/**
 * Returns the results of all promises. When one is rejected, waits for the others first and then throws the first
 * rejection in the order of the list. So when it throws, all the statements that it waited for have ended, and their
 * connection can be used again.
 */
export async function awaitAll<Pending extends readonly Promise<unknown>[]>(
  pending: readonly [...Pending],
): Promise<{ [Index in keyof Pending]: Awaited<Pending[Index]> }> {
  await Promise.allSettled(pending)
  return Promise.all(pending)
}
