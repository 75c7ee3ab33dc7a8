import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createKeyFileBox } from './key-file-box.ts'

let dataDir: string
beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'landale-box-'))
})
afterEach(() => rmSync(dataDir, { recursive: true }))

describe('key file box', () => {
  it('opens what it sealed, also after a restart, and never seals alike twice', () => {
    const sealed = createKeyFileBox(dataDir).seal('señor 🎮')
    expect(sealed).not.toContain('señor')
    expect(createKeyFileBox(dataDir).open(sealed)).toBe('señor 🎮')
    expect(createKeyFileBox(dataDir).seal('señor 🎮')).not.toBe(sealed)
  })

  it.skipIf(process.platform === 'win32')('keeps its key readable by its owner only', () => {
    createKeyFileBox(dataDir)
    expect(statSync(join(dataDir, 'secret-key')).mode & 0o777).toBe(0o600)
  })

  it('refuses what was tampered with or sealed elsewhere', () => {
    const box = createKeyFileBox(dataDir)
    const bytes = Buffer.from(box.seal('secret'), 'base64')
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) ^ 1
    expect(() => box.open(bytes.toString('base64'))).toThrow()
    const other = mkdtempSync(join(tmpdir(), 'landale-box-'))
    expect(() => box.open(createKeyFileBox(other).seal('secret'))).toThrow()
    rmSync(other, { recursive: true })
  })

  it('says what to do about a damaged key', () => {
    writeFileSync(join(dataDir, 'secret-key'), 'short')
    expect(() => createKeyFileBox(dataDir)).toThrow(/damaged: 5 bytes instead of 32. Delete it/)
  })
})
