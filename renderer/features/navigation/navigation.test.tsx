import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { createSignal } from 'solid-js'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { View } from '../../state/route.ts'
import { Navigation } from './navigation.tsx'
import { liveViews, otherViews, viewNames } from './view-names.ts'

beforeEach(() => localStorage.clear())
afterEach(cleanup)

function setUp(first: View = 'live') {
  const [view, setView] = createSignal<View>(first)
  render(() => (
    <>
      <Navigation view={view()} />
      <button type="button">Elsewhere</button>
    </>
  ))
  const more = document.querySelector<HTMLButtonElement>('.nav-more')
  if (!more) throw new Error('there is no way to the other pages')
  return { more, setView, isOpen: () => more.getAttribute('aria-expanded') === 'true' }
}

describe('the navigation', () => {
  it('leads to every page, each once, and marks the one that is shown', () => {
    const { setView } = setUp()
    expect([...liveViews, ...otherViews].sort()).toEqual(Object.keys(viewNames).sort())
    setView('simulator')
    expect(screen.getAllByRole('link').filter((link) => link.getAttribute('aria-current') === 'page')).toEqual([
      screen.getByRole('link', { name: 'Simulator' }),
    ])
  })

  it('names the page that is shown on the way to the rest, where it is one of them', () => {
    const { more, setView } = setUp()
    expect(more.textContent).toBe('More pages')
    setView('set-up')
    expect(more.textContent).toBe('Set-up, more pages')
  })

  it('opens the rest, and closes it when a page was chosen', () => {
    const { more, isOpen } = setUp('widgets')
    const rest = document.getElementById(more.getAttribute('aria-controls') ?? '')
    fireEvent.click(more)
    expect(isOpen()).toBe(true)
    expect(rest?.contains(screen.getByRole('link', { name: 'Widgets' }))).toBe(true)
    fireEvent.click(screen.getByRole('link', { name: 'Widgets' }))
    expect(isOpen()).toBe(false)
  })

  it('closes by Escape, with the focus where it was opened', () => {
    const { more, isOpen } = setUp()
    fireEvent.click(more)
    screen.getByRole('link', { name: 'Guide' }).focus()
    fireEvent.keyDown(screen.getByRole('link', { name: 'Guide' }), { key: 'Escape' })
    expect(isOpen()).toBe(false)
    expect(document.activeElement).toBe(more)
  })

  it('closes when something else is pressed or has the focus, not by what is in it', () => {
    const { more, isOpen } = setUp()
    fireEvent.click(more)
    fireEvent.pointerDown(screen.getByRole('button', { name: /^Colours/ }))
    fireEvent.click(screen.getByRole('button', { name: /^Colours/ }))
    expect(isOpen()).toBe(true)
    fireEvent.pointerDown(document.body)
    expect(isOpen()).toBe(false)
    fireEvent.click(more)
    screen.getByRole('button', { name: 'Elsewhere' }).focus()
    expect(isOpen()).toBe(false)
  })
})
