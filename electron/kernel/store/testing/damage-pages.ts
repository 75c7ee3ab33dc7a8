/** Overwrites the middle of a data file, as a failing disk does. The header stays as it was. */
import { closeSync, openSync, statSync, writeSync } from 'node:fs'

const PAGE_BYTES = 4096

export function damagePages(file: string): void {
  const pages = Math.floor(statSync(file).size / PAGE_BYTES)
  const handle = openSync(file, 'r+')
  for (let page = 1; page < pages; page++) writeSync(handle, Buffer.alloc(64, 0xee), 0, 64, page * PAGE_BYTES)
  closeSync(handle)
}
