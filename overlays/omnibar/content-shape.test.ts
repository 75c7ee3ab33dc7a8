import { describe, expect, it } from 'vitest'
import { type Content, contentSchema } from '../../contracts/content.ts'
import { faultOf } from './content-shape.ts'
import { sampleContents } from './sample-content.ts'

const all: Content[] = Object.values(sampleContents)
const as = (value: unknown) => faultOf(value as Content)

describe('why a content is not drawn', () => {
  it.each(all.map((content) => [content.type, content] as const))(
    '%s is drawn as the contract has it',
    (_, content) => {
      expect(faultOf(contentSchema.parse(content))).toBeNull()
    },
  )

  it('of another type', () => {
    expect(as({ type: 'weather', text: 'rain' })).toContain('type "weather" is not known')
    expect(as({ type: 'constructor' })).toContain('not known')
    expect(as({})).toContain('not known')
    expect(as(null)).toBe('it is no object')
  })

  it.each(all.flatMap((content) => partsOf(content).map((part) => [content.type, part, content] as const)))(
    '%s without its %s',
    (_, part, content) => {
      expect(as({ ...content, [part]: undefined })).toMatch(part)
    },
  )

  it('of parts of another kind, at any depth', () => {
    expect(as({ ...sampleContents['daily-stats'], bits: Number.NaN })).toBe('bits is no number')
    expect(as({ ...sampleContents['stream-goals'], goals: [{ description: 'x' }] })).toBe(
      'goals[0].current_amount is no number',
    )
    expect(as({ ...sampleContents['emote-stats'], today: [null] })).toBe('today[0] is no object')
    expect(as({ type: 'latest-event', latest: { event: 'twitch.new' }, at: null })).toContain('"twitch.new"')
    expect(as({ type: 'latest-event', latest: { event: 'twitch.channel.cheer', user_name: null }, at: null })).toBe(
      'latest.bits is no number',
    )
  })

  it('pictures in a message are well, or missing', () => {
    const fragment = { type: 'emote', text: 'Kappa', emote: { provider: 'twitch', id: '25' }, cheermote: null }
    expect(as({ ...sampleContents.message, fragments: [fragment] })).toBeNull()
    expect(as({ ...sampleContents.message, fragments: [{ ...fragment, text: null }] })).toBe(
      'fragments[0].text is no text',
    )
    expect(as({ ...sampleContents.message, fragments: 'Kappa' })).toBe('fragments is no list')
  })

  it('and what may be null is', () => {
    expect(as({ type: 'latest-event', latest: null, at: null })).toBeNull()
    expect(as({ ...sampleContents.message, title: null })).toBeNull()
  })
})

function partsOf(content: Content): string[] {
  return Object.keys(content).filter((part) => part !== 'type')
}
