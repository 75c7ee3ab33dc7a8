import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { HOLD_MS, HoldButton } from './hold-button.tsx'

beforeEach(() => {
  vi.useFakeTimers()
  // jsdom draws no top layer: opening is all that matters here.
  HTMLDialogElement.prototype.showModal = function showModal() {
    this.open = true
  }
})

afterEach(() => {
  cleanup()
  vi.useRealTimers()
})

function setUp(disabled = false) {
  const onConfirmed = vi.fn()
  render(() => (
    <HoldButton label="End the stream" consequence="It ends." onConfirmed={onConfirmed} disabled={disabled} />
  ))
  return { onConfirmed, button: screen.getByRole('button', { name: 'End the stream' }) }
}

describe('HoldButton', () => {
  it('confirms once after the whole hold', () => {
    const { onConfirmed, button } = setUp()
    fireEvent.pointerDown(button, { button: 0 })
    vi.advanceTimersByTime(HOLD_MS - 1)
    expect(onConfirmed).not.toHaveBeenCalled()
    vi.advanceTimersByTime(1)
    expect(onConfirmed).toHaveBeenCalledTimes(1)
    fireEvent.pointerUp(button)
    vi.advanceTimersByTime(10 * HOLD_MS)
    expect(onConfirmed).toHaveBeenCalledTimes(1)
  })

  it.each(['pointerUp', 'pointerLeave', 'pointerCancel'] as const)('does nothing after %s', (event) => {
    const { onConfirmed, button } = setUp()
    fireEvent.pointerDown(button, { button: 0 })
    vi.advanceTimersByTime(HOLD_MS - 50)
    fireEvent[event](button)
    vi.advanceTimersByTime(HOLD_MS)
    expect(onConfirmed).not.toHaveBeenCalled()
  })

  it('says what was missing when let go too soon', () => {
    const { button } = setUp()
    fireEvent.pointerDown(button, { button: 0 })
    fireEvent.pointerUp(button)
    expect(button.textContent).toBe('Keep holding')
  })

  it('ignores other mouse buttons and being disabled', () => {
    const { onConfirmed, button } = setUp(true)
    fireEvent.pointerDown(button, { button: 0 })
    vi.advanceTimersByTime(HOLD_MS)
    cleanup()
    const enabled = setUp()
    fireEvent.pointerDown(enabled.button, { button: 2 })
    vi.advanceTimersByTime(HOLD_MS)
    expect(onConfirmed).not.toHaveBeenCalled()
    expect(enabled.onConfirmed).not.toHaveBeenCalled()
  })

  it('does nothing when it is gone before the hold is over', () => {
    const { onConfirmed, button } = setUp()
    fireEvent.pointerDown(button, { button: 0 })
    cleanup()
    vi.advanceTimersByTime(HOLD_MS)
    expect(onConfirmed).not.toHaveBeenCalled()
  })

  it('asks when pressed by keyboard, and acts only on the answer', () => {
    const { onConfirmed, button } = setUp()
    fireEvent.click(button, { detail: 0 })
    expect(screen.getByRole('dialog', { name: 'End the stream?' })).toBeTruthy()
    expect(onConfirmed).not.toHaveBeenCalled()
    const dialog = screen.getByRole('dialog')
    const confirm = [...dialog.querySelectorAll('button')].find((each) => each.textContent === 'End the stream')
    fireEvent.click(confirm as HTMLElement)
    expect(onConfirmed).toHaveBeenCalledTimes(1)
    expect(screen.queryByRole('dialog')).toBeNull()
  })

  it('does not ask after a short press of the mouse', () => {
    const { button } = setUp()
    fireEvent.click(button, { detail: 1 })
    expect(screen.queryByRole('dialog')).toBeNull()
  })
})
