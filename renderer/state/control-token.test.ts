import { describe, expect, it, vi } from 'vitest'
import { findControlToken, forgetToken, rememberToken, type TokenSources } from './control-token.ts'

function sources(part: Partial<TokenSources> & { hash?: string; stored?: string }): TokenSources {
  const held = new Map(part.stored === undefined ? [] : [['landale.control-token', part.stored]])
  return {
    bridge: part.bridge,
    location: { hash: part.hash ?? '', pathname: '/dashboard', search: '?kiosk=1' },
    history: part.history ?? { replaceState: vi.fn() },
    storage: {
      getItem: (key) => held.get(key) ?? null,
      setItem: (key, value) => void held.set(key, value),
      removeItem: (key) => void held.delete(key),
    },
  }
}

describe('findControlToken', () => {
  it('asks the app first, and still takes a token out of the address', async () => {
    const replaceState = vi.fn()
    const from = sources({
      bridge: { getControlToken: async () => 'from-app' },
      hash: '#token=from-address',
      history: { replaceState },
    })
    expect(await findControlToken(from)).toBe('from-app')
    expect(replaceState).toHaveBeenCalledWith(null, '', '/dashboard?kiosk=1')
    expect(from.storage.getItem('landale.control-token')).toBeNull()
  })

  it('takes it from the address, which is clean before anything else happens', () => {
    const replaceState = vi.fn()
    void findControlToken(sources({ hash: '#token=abc', history: { replaceState } }))
    expect(replaceState).toHaveBeenCalledWith(null, '', '/dashboard?kiosk=1')
  })

  it('keeps the one of the address for the tab', async () => {
    const from = sources({ hash: '#token=abc', stored: 'older' })
    expect(await findControlToken(from)).toBe('abc')
    expect(from.storage.getItem('landale.control-token')).toBe('abc')
  })

  it('leaves a page’s own fragment alone', async () => {
    const replaceState = vi.fn()
    expect(await findControlToken(sources({ hash: '#set-up/obs', history: { replaceState } }))).toBeNull()
    expect(replaceState).not.toHaveBeenCalled()
  })

  it('remembers within the tab until told to forget', async () => {
    const from = sources({})
    rememberToken(from.storage, 'pasted')
    expect(await findControlToken(from)).toBe('pasted')
    forgetToken(from.storage)
    expect(await findControlToken(from)).toBeNull()
  })

  it('takes an empty token for none', async () => {
    expect(await findControlToken(sources({ hash: '#token=%20' }))).toBeNull()
  })
})
