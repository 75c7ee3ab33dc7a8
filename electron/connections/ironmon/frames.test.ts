import { describe, expect, it } from 'vitest'
import { frameOf } from './fake.ts'
import { type Frame, FrameDecoder, MAX_MESSAGE_BYTES, Opening } from './frames.ts'
import { ironmonFrames } from './samples.ts'

const payloads = ironmonFrames.map((frame) => frame.slice(frame.indexOf(' ') + 1))

function decode(...chunks: (Uint8Array | string)[]): Frame[] {
  const decoder = new FrameDecoder()
  return chunks.flatMap((chunk) => [...decoder.push(typeof chunk === 'string' ? Buffer.from(chunk) : chunk)])
}

function texts(frames: Frame[]): string[] {
  return frames.map((frame) => (frame.kind === 'message' ? frame.text : `refused: ${frame.reason}`))
}

describe('frames', () => {
  it('has samples whose lengths count bytes', () => {
    for (const frame of ironmonFrames) expect(frameOf(frame.slice(frame.indexOf(' ') + 1)).toString()).toBe(frame)
  })

  it('takes the ten samples, cut in two at every byte', () => {
    const all = Buffer.from(ironmonFrames.join(''))
    for (let cut = 0; cut <= all.length; cut++) {
      expect(texts(decode(all.subarray(0, cut), all.subarray(cut)))).toEqual(payloads)
    }
  })

  it('takes the ten samples byte by byte', () => {
    const all = Buffer.from(ironmonFrames.join(''))
    expect(texts(decode(...[...all].map((byte) => Uint8Array.of(byte))))).toEqual(payloads)
  })

  it('counts bytes, not characters, and cuts no character in two', () => {
    const text = JSON.stringify({ name: 'Pokémon 水 🎉' })
    const bytes = frameOf(text)
    for (let cut = 0; cut <= bytes.length; cut++) {
      expect(texts(decode(bytes.subarray(0, cut), bytes.subarray(cut)))).toEqual([text])
    }
  })

  it.each([
    ['words', 'GET me out of here '],
    ['a length of nothing', '0 '],
    ['a negative length', '-2 {}'],
    ['a length without a space', '12{"a":1}'],
    ['a length with a point', '1.2 {}'],
    ['bytes of all kinds', Uint8Array.from({ length: 190 }, (_, at) => 255 - at)],
  ])('refuses %s once, and takes the next message', (_, garbage) => {
    const frames = texts(decode(garbage, ironmonFrames[9] ?? ''))
    expect(frames.filter((text) => text.startsWith('refused'))).toEqual(['refused: bad-framing'])
    expect(frames.at(-1)).toBe(payloads[9])
  })

  it('finds its way behind a length that counts characters', () => {
    const wrong = (ironmonFrames[4] ?? '').replace(/^181/, '180')
    const frames = texts(decode(wrong, ironmonFrames[1] ?? '', ironmonFrames[9] ?? ''))
    expect(frames.slice(-2)).toEqual([payloads[1], payloads[9]])
  })

  it('takes a message of 1 MiB and refuses one of a byte more without keeping it', () => {
    const largest = 'x'.repeat(MAX_MESSAGE_BYTES)
    expect(decode(`${MAX_MESSAGE_BYTES} `, largest)).toEqual([{ kind: 'message', text: largest }])
    const frames = texts(decode(`${MAX_MESSAGE_BYTES + 1} `, `${largest}x`, ironmonFrames[9] ?? ''))
    expect(frames).toEqual(['refused: too-large', payloads[9]])
  })

  it('refuses a length of endless digits', () => {
    const frames = texts(decode('9'.repeat(100_000), ' ', ironmonFrames[9] ?? ''))
    expect(frames).toEqual(['refused: too-large', payloads[9]])
  })

  it('lets a line end stand between messages', () => {
    expect(texts(decode(`${ironmonFrames[9]}\r\n${ironmonFrames[1]}`))).toEqual([payloads[9], payloads[1]])
  })
})

describe('how a connection begins', () => {
  const judge = (...chunks: string[]) => {
    const opening = new Opening()
    return chunks.map((chunk) => opening.judge(Buffer.from(chunk))).at(-1)
  }

  it('takes a length, a space and an object, cut anywhere', () => {
    for (const frame of ironmonFrames) {
      expect(judge(...frame.slice(0, 8))).toBe(true)
      expect(judge(frame)).toBe(true)
    }
    expect(judge('3', '1', '2 ')).toBe(null)
    expect(judge('85 {', 'whatever follows')).toBe(true)
  })

  it.each(['POST / HTTP/1.1', ' 85 {', '{', '85/', '85 /', '85  {', '12345678', '\u0016\u0003\u0001', 'x'])(
    'does not take %j',
    (text) => {
      expect(judge(text)).toBe(false)
      expect(judge(...text)).toBe(false)
      expect(judge(text, '85 {')).toBe(false)
    },
  )
})
