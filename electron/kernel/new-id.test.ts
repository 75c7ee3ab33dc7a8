import { expect, it } from 'vitest'
import { newId } from './new-id.ts'

it('makes version 7 ids, none twice, sorting by the time of their making', async () => {
  const first = newId()
  await new Promise((resolve) => setTimeout(resolve, 2))
  const ids = Array.from({ length: 2000 }, newId)
  expect(new Set(ids).size).toBe(2000)
  for (const id of ids) {
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(id > first).toBe(true)
  }
})
