/** Widgets as a file on this machine: offered for keeping, and read again. Knows nothing of what is in it but that it is JSON. */
import type { WidgetFile } from '../../../contracts/widget-file.ts'

/** A hundred widgets with long lists stay far below it. */
const MAX_FILE_BYTES = 500_000

/** Offers it to be saved under this name. */
export function offerFile(file: WidgetFile, name: string): void {
  const url = URL.createObjectURL(new Blob([JSON.stringify(file, null, 2)], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name.replaceAll(/[^\p{L}\p{N} _-]+/gu, '').trim() || 'widgets'}.json`
  link.click()
  URL.revokeObjectURL(url)
}

/** What the file holds, unchecked. Rejects with words for the streamer. */
export async function readFile(file: File): Promise<unknown> {
  if (file.size > MAX_FILE_BYTES) {
    throw new Error(`${file.name} is larger than anything that is exported here; choose the file of an export`)
  }
  try {
    return JSON.parse(await file.text())
  } catch {
    throw new Error(`${file.name} is no JSON; choose the file of an export`)
  }
}
