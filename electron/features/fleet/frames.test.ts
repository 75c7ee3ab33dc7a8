/** The hub's side of the contract: it takes and answers the agents' frames as the vectors say. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseAgentFrame } from './frames.ts'

interface Vector {
  name: string
  text: string
  outcome: 'valid' | 'ignored' | 'fault'
  path?: string
}

const folder = join(import.meta.dirname, '../../../agent/vectors')
const vectors = JSON.parse(readFileSync(join(folder, 'agent-frames.json'), 'utf8')) as Vector[]

describe('the vectors of the agents’ frames', () => {
  it.each(vectors)('$name', ({ text, outcome, path }) => {
    const parsed = parseAgentFrame(text)
    expect(parsed.kind).toBe(outcome === 'valid' ? 'frame' : outcome)
    if (parsed.kind === 'fault') expect(parsed.path).toBe(path)
    if (parsed.kind === 'frame') expect(parsed.frame).toEqual(JSON.parse(text))
  })
})

it('lets unknown fields be', () => {
  const parsed = parseAgentFrame('{"t":"accepted","id":"1","mood":"fine","__proto__":{"id":"2"}}')
  expect(parsed).toEqual({ kind: 'frame', frame: { t: 'accepted', id: '1' } })
})

it.each([
  ['a type of every object', '{"t":"constructor"}', 'ignored'],
  ['a type out of the prototype', '{"__proto__":{"t":"accepted"},"id":"1"}', 'fault'],
  ['a list', '[]', 'fault'],
  ['nothing', '', 'fault'],
  ['null', 'null', 'fault'],
  ['what nests without end', `{"t":"event","data":${'['.repeat(5000)}${']'.repeat(5000)}}`, 'fault'],
  [
    'a number beyond all',
    '{"t":"event","epoch":"e","seq":1e300,"at":1,"ageMs":1,"kind":"clock.jumped","data":{}}',
    'fault',
  ],
  [
    'more processes than a machine may have',
    JSON.stringify({
      t: 'sample',
      at: 1,
      machine: { cpu: null, memory: null, disks: [], net: null, temperature: null },
      processes: Object.fromEntries(Array.from({ length: 501 }, (_, index) => [`p${index}`, [0, 0]])),
    }),
    'fault',
  ],
])('%s', (_, text, kind) => expect(parseAgentFrame(text).kind).toBe(kind))
