import { expect, it } from 'vitest'
import { contentSchema } from '../../../contracts/content.ts'
import { clean, cleanName } from './plain-line.ts'

it('is one line that turns nothing around', () => {
  expect(clean(' Mi\u202era \n\t is\u2028here\ufeff ')).toBe('Mira is here')
  expect(cleanName('\u2066\u202e')).toBe('')
})

it('is as long as its place, and ends in no half character', () => {
  const long = `x${'💥'.repeat(999)}`
  const content = { type: 'message', title: cleanName(long), message: clean(long), level: 'info' }
  expect(contentSchema.parse(content)).toEqual(content)
  expect(content.title).toBe(`x${'💥'.repeat(99)}`)
  expect(clean('x'.repeat(10_000))).toHaveLength(500)
})
