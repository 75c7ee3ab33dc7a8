import { cleanup, fireEvent, render, screen } from '@solidjs/testing-library'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { SignIn } from './sign-in.tsx'

afterEach(cleanup)

function setUp(refused = false) {
  const onToken = vi.fn()
  render(() => <SignIn refused={refused} onToken={onToken} />)
  const field = screen.getByLabelText('Control token') as HTMLInputElement
  return { onToken, field, submit: () => fireEvent.click(screen.getByRole('button', { name: 'Open the dashboard' })) }
}

describe('SignIn', () => {
  it('says where the token is', () => {
    setUp()
    expect(document.body.textContent).toContain('control-token')
  })

  it('hands on what was pasted, without what surrounds it', () => {
    const { onToken, field, submit } = setUp()
    field.value = '  abc123\n'
    submit()
    expect(onToken).toHaveBeenCalledExactlyOnceWith('abc123')
  })

  it('asks for the token when nothing was pasted', () => {
    const { onToken, field, submit } = setUp()
    submit()
    expect(onToken).not.toHaveBeenCalled()
    expect(field.getAttribute('aria-invalid')).toBe('true')
    expect(document.body.textContent).toContain('Paste the token first.')
  })

  it('says that the hub refused the last one', () => {
    setUp(true)
    expect(screen.getByRole('alert').textContent).toContain('refused')
  })
})
