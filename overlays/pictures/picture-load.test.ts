import { createRoot, createSignal } from 'solid-js'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { createPictureLoad } from './picture-load.ts'

/** Pictures that a test lets come. */
class FakeImage {
  static asked: FakeImage[] = []
  onload: (() => void) | null = null
  #src = ''

  get src(): string {
    return this.#src
  }

  set src(src: string) {
    this.#src = src
    if (src !== '') FakeImage.asked.push(this)
  }
}

beforeEach(() => {
  FakeImage.asked = []
  vi.stubGlobal('Image', FakeImage)
})
afterEach(() => vi.unstubAllGlobals())

function open(first: string) {
  return createRoot((dispose) => {
    const [address, setAddress] = createSignal(first)
    return { load: createPictureLoad(address), setAddress, dispose }
  })
}

it('is there once it has come, and for whoever asks next', () => {
  const one = open('/a')
  expect(one.load.isReady()).toBe(false)
  FakeImage.asked[0]?.onload?.()
  expect(one.load.isReady()).toBe(true)
  const other = open('/a')
  expect([other.load.isReady(), FakeImage.asked.length]).toEqual([true, 1])
  one.dispose()
  other.dispose()
})

it('another address is another picture; one that comes late changes nothing', () => {
  const one = open('/b')
  const [late] = FakeImage.asked
  const heard = late?.onload
  one.setAddress('/c')
  expect([late?.onload, late?.src]).toEqual([null, ''])
  heard?.()
  one.setAddress('')
  expect([one.load.isReady(), FakeImage.asked.length]).toEqual([false, 2])
  one.dispose()
})

it('one that can not be drawn after all is words again, and asked for anew', () => {
  const one = open('/d')
  FakeImage.asked[0]?.onload?.()
  one.load.failed()
  expect(one.load.isReady()).toBe(false)
  const other = open('/d')
  expect([other.load.isReady(), FakeImage.asked.length]).toEqual([false, 2])
  one.dispose()
  other.dispose()
})
