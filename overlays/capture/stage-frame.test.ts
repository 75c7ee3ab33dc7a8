import { afterEach, describe, expect, it } from 'vitest'
import { findUnpaintable } from './stage-frame.ts'

describe('what a canvas can’t paint', () => {
  afterEach(() => document.body.replaceChildren())

  function page(html: string): string | null {
    document.body.innerHTML = html
    return findUnpaintable(document)
  }

  it('is nothing of an ordinary page', () => {
    expect(page('<div>words</div><svg></svg><img src="/icon.png"><img src="data:image/gif;base64,R0">')).toBeNull()
  })

  it.each(['canvas', 'video', 'object', 'embed'])('is a %s element', (name) => {
    expect(page(`<div><${name}></${name}></div>`)).toBe(`a ${name} element`)
  })

  it('is a frame of another origin, by the name of its layer', () => {
    document.body.innerHTML = '<iframe name="a1" title="chat"></iframe><iframe></iframe>'
    const [chat] = document.querySelectorAll('iframe')
    Object.defineProperty(chat, 'contentDocument', { value: null })
    expect(findUnpaintable(document)).toBe('the layer "chat", a page of another address')
  })

  it('is looked for in frames of our own, too', () => {
    document.body.innerHTML = '<iframe name="alerts"></iframe>'
    const inside = document.querySelector('iframe')?.contentDocument
    expect(findUnpaintable(document)).toBeNull()
    inside?.body.append(inside.createElement('video'))
    expect(findUnpaintable(document)).toBe('a video element in the layer "alerts"')
  })

  it('is an image of another address, unless that address allows it', () => {
    document.body.innerHTML = '<img>'
    const [image] = document.querySelectorAll('img')
    Object.defineProperty(image, 'currentSrc', { value: 'https://elsewhere.example/a.png' })
    expect(findUnpaintable(document)).toBe('an image of another address')
    image?.setAttribute('crossorigin', 'anonymous')
    expect(findUnpaintable(document)).toBeNull()
  })
})
