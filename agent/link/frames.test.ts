/** Both directions against the vectors that the hub's tests read too. */
import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { list, object, oneOf, optional, type Parsed, parse, text } from '../base/parse.ts'
import { parseAgentFrame } from './agent-frames.ts'
import { parseHubFrame } from './frames.ts'
import { pairLines, publicKeyOf, sessionLines, signLines, verifyLines } from './proof.ts'

const anyText = text({ max: 300_000 })
const vector = object({
  name: anyText,
  text: anyText,
  outcome: oneOf('valid', 'ignored', 'fault'),
  path: optional(anyText),
})

function read<T>(file: string, parser: Parameters<typeof parse<T>>[0]): T {
  const parsed = parse(parser, JSON.parse(readFileSync(new URL(`../vectors/${file}`, import.meta.url), 'utf8')))
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults))
  return parsed.value
}

function judged(outcome: ReturnType<typeof parseHubFrame> | ReturnType<typeof parseAgentFrame>) {
  if (!outcome.ok) return { outcome: 'fault', path: outcome.faults[0]?.path }
  return { outcome: outcome.value === undefined ? 'ignored' : 'valid' }
}

function expected({ outcome, path }: Parsed<typeof vector>) {
  return path === undefined ? { outcome } : { outcome, path }
}

describe.each([
  ['hub-frames.json', parseHubFrame],
  ['agent-frames.json', parseAgentFrame],
] as const)('%s', (file, parseFrame) => {
  it.each(read(file, list(vector, 500)))('$name: $outcome', (entry) => {
    expect(judged(parseFrame(entry.text))).toEqual(expected(entry))
  })
})

describe('proofs.json', () => {
  const proof = object({ name: anyText, privateKey: anyText, publicKey: anyText, lines: anyText, signature: anyText })
  const vectors = read(
    'proofs.json',
    object({
      hub: anyText,
      agent: anyText,
      hubNonce: anyText,
      agentNonce: anyText,
      code: anyText,
      proofs: list(proof, 10),
    }),
  )

  it.each(vectors.proofs)('$name', ({ privateKey, publicKey, lines, signature }) => {
    expect(publicKeyOf(privateKey)).toBe(publicKey)
    expect(signLines(privateKey, lines)).toBe(signature)
    expect(verifyLines(publicKey, lines, signature)).toBe(true)
    expect(verifyLines(publicKey, `${lines} `, signature)).toBe(false)
  })

  it('the lines are made as they are written down', () => {
    const [pair, hello, welcome] = vectors.proofs.map(({ lines }) => lines)
    expect(pairLines(vectors.hub, vectors.code, vectors.hubNonce)).toBe(pair)
    expect(sessionLines('hello', vectors)).toBe(hello)
    expect(sessionLines('welcome', vectors)).toBe(welcome)
  })

  it('a key that is none verifies nothing', () => {
    expect(verifyLines('AAAA', 'x', 'AAAA')).toBe(false)
  })
})
