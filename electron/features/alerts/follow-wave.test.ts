import { describe, expect, it } from 'vitest'
import { joined, WAVE_GAP_MS, waveWords } from './follow-wave.ts'
import { createWording } from './wording.ts'

const wording = createWording('en-GB')

describe('a wave of follows', () => {
  it('takes in who comes within seconds of the last one', () => {
    const first = { alertId: 'a', others: 0, at: 1000 }
    expect(joined(null, 1000)).toBeNull()
    const second = joined(first, 1000 + WAVE_GAP_MS)
    expect(second).toEqual({ alertId: 'a', others: 1, at: 1000 + WAVE_GAP_MS })
    expect(joined(second, 1000 + 2 * WAVE_GAP_MS)?.others).toBe(2)
    expect(joined(second, 1001 + 2 * WAVE_GAP_MS)).toBeNull()
  })

  it('speaks of many in the words for one, where those name nobody', () => {
    const words = (others: number, template: string) => waveWords(others, { template }, wording)
    expect(words(1, 'followed')).toBe('and 1 other followed')
    expect(words(1200, 'joined the crew')).toBe('and 1,200 others joined the crew')
    expect(words(2, 'thank you, {who}!')).toBe('and 2 others followed')
  })
})
