import { expect, it } from 'vitest'
import { sampleDefinitions } from '../../testing/sample-fleet.ts'
import {
  definitionGroups,
  faultAtField,
  fieldOfFault,
  pairsOf,
  textOfPairs,
  valueAt,
  withValue,
} from './definition-fields.ts'

const [obs = {}] = sampleDefinitions()

it('changes one value and shares nothing that could be changed with it', () => {
  const next = withValue(obs, 'restart.maxRestarts', 9)
  expect(valueAt(next, 'restart.maxRestarts')).toBe(9)
  expect(valueAt(obs, 'restart.maxRestarts')).toBe(3)
  expect(valueAt(next, 'restart.stableMs')).toBe(10_000)
  expect(withValue({}, 'stop.graceMs', 5)).toEqual({ stop: { graceMs: 5 } })
  expect('health' in withValue(obs, 'health', undefined)).toBe(false)
})

it.each([
  ['definition.health.url', 'health.url'],
  ['definition.health', 'health'],
  ['definition.health.startDelayMs', 'health'],
  ['definition.args[1]', 'args'],
  ['env.BAD NAME', 'env'],
  ['definition.id', 'id'],
  ['definition', null],
  ['', null],
])('leads the fault at "%s" to the field %s', (path, field) => expect(fieldOfFault(path)).toBe(field))

it.each([
  ['"Demi": definition.health.url: must be an address', 'definition.health.url', 'Must be an address'],
  ['definition.id is missing', 'definition.id', 'Is missing'],
  ['this machine allows no change', 'definition.command', 'This machine allows no change'],
  ['odd', '', 'Odd'],
])('says of %j only what is wrong', (message, path, words) => expect(faultAtField(message, path)).toBe(words))

it('reads variables from lines, with everything after the first sign of equality', () => {
  const text = 'A=1\n B=x=y z\nnothing\n=odd\nC='
  expect(pairsOf(text)).toEqual({ A: '1', B: 'x=y z', C: '' })
  expect(textOfPairs(pairsOf(text))).toBe('A=1\nB=x=y z\nC=')
})

it('never offers as safe what says which program runs', () => {
  const executing = /^(command|args|cwd|env|detect|oneShot|ports|platform)/
  const wrong = definitionGroups.flatMap(({ fields }) =>
    fields.filter(({ path, isSafe }) => isSafe && executing.test(path)),
  )
  expect(wrong).toEqual([])
})
