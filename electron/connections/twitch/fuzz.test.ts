/** Whatever comes by the socket: nothing throws, and nothing is lost without being counted. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { eventSchemas } from '../../../contracts/events.ts'
import { until } from '../behaviour-suite.ts'
import { twitchSamples } from './samples.ts'
import { createTwitchRig, type TwitchRig } from './testing.ts'
import { readFrame, toCanonical } from './wire.ts'

const types = Object.keys(twitchSamples)

/** A sample with some of its fields, at any depth, replaced, removed or added to. */
const mutated = (value: unknown): fc.Arbitrary<unknown> => {
  if (Array.isArray(value)) {
    return fc.oneof({ weight: 3, arbitrary: fc.tuple(...value.map(mutated)) }, { weight: 1, arbitrary: fc.jsonValue() })
  }
  if (typeof value === 'object' && value !== null) {
    const fields = Object.entries(value).map(([key, inner]) => {
      const field = fc.oneof(
        { weight: 12, arbitrary: fc.constant(inner) },
        { weight: 2, arbitrary: mutated(inner) },
        { weight: 1, arbitrary: fc.jsonValue() },
      )
      return field.map((changed) => [key, changed] as const)
    })
    return fc
      .tuple(fc.tuple(...fields), fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 2 }))
      .map(([entries, more]) => ({ ...more, ...Object.fromEntries(entries) }))
  }
  return fc.oneof({ weight: 3, arbitrary: fc.constant(value) }, { weight: 1, arbitrary: fc.jsonValue() })
}

const notification = fc.constantFrom(...types).chain((type) =>
  fc.record({
    type: fc.oneof({ weight: 9, arbitrary: fc.constant(type) }, { weight: 1, arbitrary: fc.string({ minLength: 1 }) }),
    event: mutated(twitchSamples[type]).map((event) => event as Record<string, unknown>),
  }),
)

describe('anything from Twitch', () => {
  it('a frame of any text is read or kept', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.json(), fc.string({ unit: 'binary' })), (text) => {
        const frame = readFrame(text)
        if (frame.kind === 'unknown' && frame.rawType === 'unreadable') expect(frame.body.text).toBe(text)
      }),
      { numRuns: 500 },
    )
  })

  it('a frame of any shape keeps its payload', () => {
    const metadata = fc.record(
      {
        message_id: fc.oneof(fc.uuid(), fc.jsonValue()),
        message_type: fc.oneof(
          fc.constantFrom('session_welcome', 'session_keepalive', 'session_reconnect', 'notification', 'revocation'),
          fc.jsonValue(),
        ),
        message_timestamp: fc.oneof(fc.string(), fc.jsonValue()),
      },
      { requiredKeys: [] },
    )
    const payload = fc.oneof(
      fc.jsonValue(),
      fc.record({ subscription: fc.jsonValue(), event: fc.jsonValue(), events: fc.jsonValue() }, { requiredKeys: [] }),
      fc.record({ session: fc.jsonValue() }),
    )
    fc.assert(
      fc.property(metadata, payload, (given, body) => {
        const frame = readFrame(JSON.stringify({ metadata: given, payload: body }))
        if (frame.kind !== 'unknown') return
        expect(frame.fault).not.toBe('')
        if (frame.rawType !== 'unreadable') expect(JSON.stringify(frame.body)).toBe(JSON.stringify(body))
      }),
      { numRuns: 500 },
    )
  })

  it('an event, however broken, becomes what its schema says, or is kept as it came', () => {
    fc.assert(
      fc.property(notification, ({ type, event }) => {
        const draft = toCanonical(type, event)
        if (draft.type === 'twitch.unknown') expect(draft.payload.body).toBe(event)
        else expect(eventSchemas[draft.type].safeParse(draft.payload).success).toBe(true)
      }),
      { numRuns: 1000 },
    )
  })

  it('no event reaches into anything of ours', () => {
    const event = JSON.parse(
      '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}},"reward":{}}',
    )
    for (const type of types) toCanonical(type, { ...event, ...twitchSamples[type] })
    expect(({} as Record<string, unknown>).polluted).toBeUndefined()
  })

  describe('by the socket', () => {
    let rig: TwitchRig
    beforeAll(async () => {
      rig = await createTwitchRig()
      rig.start()
      await rig.covered()
    })
    afterAll(() => rig.dispose())

    it('every frame is stored once, and the link holds', async () => {
      const garbage = fc.string().filter((text) => !text.includes('session_'))
      let run = 0
      await fc.assert(
        fc.asyncProperty(fc.array(fc.oneof(notification, garbage), { maxLength: 30 }), async (frames) => {
          run += 1
          const before = rig.events().length
          for (const frame of frames) {
            if (typeof frame === 'string') rig.fake.sendText(frame)
            else rig.fake.notify(frame.type, frame.event, { subscriptionId: 'any' })
          }
          rig.fake.notify('channel.raid', { ...twitchSamples['channel.raid'], viewers: 1_000_000 + run })
          const isLast = ({ payload }: { payload: Record<string, unknown> }) => payload.viewers === 1_000_000 + run
          await until(
            () => (rig.events('twitch.channel.raid').some(isLast) ? true : undefined),
            () => 'the last of them',
          )
          expect(rig.events()).toHaveLength(before + frames.length + 1)
          expect(rig.connection.state.status).toBe('connected')
        }),
        { numRuns: 25 },
      )
    })
  })
})
