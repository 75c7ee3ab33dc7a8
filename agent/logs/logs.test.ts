/** Lines, rotation, and what an agent that comes back finds. */
import { appendFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { LineSplitter, MAX_LINE } from './line-splitter.ts'
import { ProcessLog } from './process-log.ts'
import { RotatingFile } from './rotating-file.ts'

function split(chunks: readonly Buffer[]): [string, boolean][] {
  const lines: [string, boolean][] = []
  const splitter = new LineSplitter((text, cut) => lines.push([text, cut]))
  for (const chunk of chunks) splitter.push(chunk)
  splitter.end()
  return lines
}

describe('LineSplitter', () => {
  it('takes both line ends, empty lines, and a last one without an end', () => {
    expect(split([Buffer.from('a\r\n\nb\nc')]).map(([text]) => text)).toEqual(['a', '', 'b', 'c'])
  })

  it('however the bytes arrive, the lines are the same', () => {
    const text = 'héllo\n😀 wörld\r\n\nend'
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 20 }), (sizes) => {
        const bytes = Buffer.from(text)
        const chunks: Buffer[] = []
        let from = 0
        for (const size of [...sizes, bytes.length]) {
          chunks.push(bytes.subarray(from, from + size))
          from += size
        }
        expect(split(chunks).map(([line]) => line)).toEqual(['héllo', '😀 wörld', '', 'end'])
      }),
    )
  })

  it('a long line comes in pieces that are whole characters, and is whole again when joined', () => {
    const long = `x${'😀'.repeat(20_000)}`
    const lines = split([Buffer.from(`${long}\nnext\n`)])
    expect(lines.at(-1)).toEqual(['next', false])
    const pieces = lines.slice(0, -1)
    expect(pieces.map(([text]) => text).join('')).toBe(long)
    expect(pieces.every(([text]) => text.length <= MAX_LINE && text.isWellFormed())).toBe(true)
    expect(pieces.map(([, cut]) => cut)).toEqual([...pieces.slice(1).map(() => true), false])
  })
})

describe('files', () => {
  let folder: string
  const troubles: unknown[] = []
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'landale-agent-'))
    troubles.length = 0
  })
  afterEach(() => rmSync(folder, { recursive: true, force: true }))

  it('rotate, and the oldest goes', () => {
    const file = new RotatingFile({ path: join(folder, 'x.log'), maxBytes: 100, files: 2 })
    for (let n = 0; n < 40; n++) file.append(`line ${n}\n`)
    file.close()
    expect(readdirSync(folder).sort()).toEqual(['x.log', 'x.log.1', 'x.log.2'])
    expect(readdirSync(folder).every((name) => statSync(join(folder, name)).size <= 100)).toBe(true)
    expect(readFileSync(join(folder, 'x.log'), 'utf8')).toMatch(/line 39\n$/)
    const none = new RotatingFile({ path: join(folder, 'y.log'), maxBytes: 10, files: 0 })
    none.append('12345678\n')
    none.append('abcdefgh\n')
    none.close()
    expect(readFileSync(join(folder, 'y.log'), 'utf8')).toBe('abcdefgh\n')
    expect(existsSync(join(folder, 'y.log.1'))).toBe(false)
  })

  const open = (id = 'a', more: object = {}) =>
    new ProcessLog({
      folder,
      id,
      lines: 100,
      maxBytes: 100_000,
      files: 1,
      now: () => 1_767_225_600_000,
      onTrouble: (error) => troubles.push(error),
      ...more,
    })
  const texts = (log: ProcessLog) => log.lines(1_000).map(([, , , text]) => text)

  it('follow, page, and remarks', () => {
    const log = open()
    const heard: string[] = []
    const following = log.follow(([, , , text]) => heard.push(text))
    for (let n = 1; n <= 5; n++) appendFileSync(join(folder, 'a.out'), `${n}\n`)
    appendFileSync(join(folder, 'a.err'), 'oh\n')
    log.read()
    log.remark('noted')
    following.dispose()
    log.remark('unheard')
    expect(heard).toEqual(['1', '2', '3', '4', '5', 'oh', 'noted'])
    expect(log.lines(2, 4).map(([number]) => number)).toEqual([2, 3])
    expect(log.lines(10).map(([, , stream]) => stream)).toEqual([
      'out',
      'out',
      'out',
      'out',
      'out',
      'err',
      'agent',
      'agent',
    ])
    log.close()
  })

  it('an agent that comes back shows what was, once, and what came meanwhile', () => {
    const first = open()
    appendFileSync(join(folder, 'a.out'), 'one\ntwo\n')
    first.read()
    // Killed here: nothing is closed. The process writes on.
    appendFileSync(join(folder, 'a.out'), 'three\n')
    const second = open()
    second.read()
    expect(texts(second)).toEqual(['one', 'two', 'three'])
    second.close()
    first.close()
    expect(troubles).toEqual([])
  })

  it('a spool that is emptied, by the agent or by somebody, is read on', () => {
    const log = open()
    const { out, err } = log.openForProcess()
    appendFileSync(out, 'one\n')
    log.read(true)
    expect(statSync(join(folder, 'a.out')).size).toBe(0)
    appendFileSync(out, 'two\n')
    log.read()
    expect(texts(log)).toEqual(['one', 'two'])
    log.close()
    for (const descriptor of [out, err]) appendFileSync(descriptor, '')
  })

  it('memory is bounded by lines and by characters', () => {
    const log = open('a', { lines: 10 })
    appendFileSync(join(folder, 'a.out'), `${'y'.repeat(8_000)}\n`.repeat(50))
    log.read()
    expect(log.lines(1_000)).toHaveLength(10)
    const big = open('b', { lines: 20_000 })
    appendFileSync(join(folder, 'b.out'), `${'y'.repeat(8_000)}\n`.repeat(50))
    big.read()
    expect(texts(big).reduce((sum, text) => sum + text.length, 0)).toBeLessThanOrEqual(128 * 1_024)
    log.close()
    big.close()
  })

  it('a disk that takes nothing is told once, and costs no process its life', () => {
    const log = open()
    rmSync(folder, { recursive: true, force: true })
    expect(() => log.openForProcess()).toThrow('ENOENT')
    for (let n = 0; n < 5; n++) {
      log.read()
      log.remark(`still here ${n}`)
    }
    expect(troubles).toHaveLength(1)
    expect(texts(log)).toContain('still here 4')
    log.close()
  })
})
