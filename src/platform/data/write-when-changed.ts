import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Writes a file unless it already has this text, so that programs that watch the file do not restart. */
export async function writeWhenChanged(path: string, text: string): Promise<void> {
  const current = await readFile(path, 'utf8').catch(() => null)
  if (current === text) return
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, text)
}
