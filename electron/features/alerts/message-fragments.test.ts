import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { PicturedFragment } from '../../../contracts/pictures.ts'
import type { EmoteWords } from '../../kernel/ports/emote-words.ts'
import { twitchWords } from '../../kernel/ports/fake-emote-words.ts'
import { fragmentsOf } from './message-fragments.ts'
import { clean } from './wording.ts'

/** Every word of small letters is an emote of another service. */
const keen: EmoteWords = {
  cut: (fragments) =>
    twitchWords
      .cut(fragments)
      .flatMap((fragment) =>
        fragment.emote
          ? [fragment]
          : fragment.text
              .split(/(\s+)/)
              .map((text) =>
                /^[a-z]+$/.test(text)
                  ? { type: 'emote', text, emote: { provider: '7tv' as const, id: text }, cheermote: null }
                  : { type: 'text', text, emote: null, cheermote: null },
              ),
      ),
}

const brief = (pieces: readonly PicturedFragment[]) =>
  pieces.map(({ text, emote }) => (emote ? [text, emote.id] : text))

describe('the pieces of a message', () => {
  it('cuts at the places that Twitch marked, however it counts', () => {
    const text = '🎉 一年 Kappa  ok'
    const byCharacters = [{ id: '25', begin: 5, end: 9 }]
    const byUnits = [{ id: '25', begin: 6, end: 10 }]
    for (const places of [byCharacters, byUnits]) {
      expect(brief(fragmentsOf({ text, places }, twitchWords))).toEqual(['🎉 一年 ', ['Kappa', '25'], ' ok'])
    }
  })

  it('has none where nothing is a picture, and leaves places that are no words', () => {
    expect(fragmentsOf({ text: 'just words' }, twitchWords)).toEqual([])
    for (const [begin, end] of [
      [0, 2],
      [4, 4],
      [3, 7],
      [90, 95],
      [9, 5],
    ] as const) {
      expect(fragmentsOf({ text: 'just words', places: [{ id: '1', begin, end }] }, twitchWords)).toEqual([])
    }
    const twice = [
      { id: '1', begin: 0, end: 3 },
      { id: '2', begin: 0, end: 3 },
    ]
    expect(brief(fragmentsOf({ text: 'just words', places: twice }, twitchWords))).toEqual([['just', '1'], ' words'])
  })

  it('says together exactly what the message says, in so many pieces at most', () => {
    const part = fc.oneof(
      fc.constantFrom('kappa', 'A', ' ', '\n', '\u202e', '\u0000', '<b>', '🎉', 'مرحبا', '   '),
      fc.string({ unit: 'grapheme', maxLength: 5 }),
    )
    const place = fc.record({ id: fc.constant('1'), begin: fc.nat(60), end: fc.nat(60) })
    fc.assert(
      fc.property(fc.array(part, { maxLength: 400 }), fc.array(place, { maxLength: 10 }), (parts, places) => {
        const text = parts.join('')
        const pieces = fragmentsOf({ text, places }, keen)
        if (pieces.length > 0) expect(pieces.map((piece) => piece.text).join('')).toBe(clean(text))
        expect(pieces.length).toBeLessThanOrEqual(150)
      }),
      { numRuns: 200 },
    )
  })
})
