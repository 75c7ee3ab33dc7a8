import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { contrast, parseHex } from '../../base/readable-colour.ts'
import { rowSurfaces } from '../features/timeline/event-row.tsx'

const css = readFileSync('renderer/styles/tokens.css', 'utf8')

function tokensOf(theme: 'dark' | 'light'): Record<string, string> {
  const block = css.split(`[data-theme="${theme}"]`)[1]?.split('}')[0] ?? ''
  return Object.fromEntries(
    [...block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6})/g)].map(([, name, value]) => [name, value]),
  )
}

/** Text on what it stands on: WCAG AA asks 4.5. */
const textPairs = [
  ...['surface-0', 'surface-1', 'surface-2', 'surface-2-hover', 'accent-soft', 'live-soft', 'warn-soft', 'ok-soft'].map(
    (surface) => ['ink', surface] as const,
  ),
  ...['surface-0', 'surface-1', 'surface-2', 'accent-soft'].map((surface) => ['ink-muted', surface] as const),
  ['accent', 'surface-0'],
  ['accent', 'surface-1'],
  ['accent-ink', 'accent'],
  ['accent-ink', 'accent-hover'],
  ['live-fill-ink', 'live-fill'],
  ['live', 'surface-1'],
  ['live', 'surface-2'],
  ['live', 'live-soft'],
  ['ok', 'surface-1'],
  ['ok', 'surface-2'],
  ['ok', 'ok-soft'],
  ['warn', 'surface-1'],
  ['warn', 'warn-soft'],
  // A process's state in its machine's card, and in the row that is chosen.
  ...['surface-0', 'accent-soft'].flatMap((surface) => [['live', surface] as const, ['warn', surface] as const]),
] as const

/** Edges of controls, marks and the focus ring: 3. */
const markPairs = [
  ['edge', 'surface-0'],
  ['edge', 'surface-1'],
  ['accent', 'surface-2'],
  ['ok', 'surface-0'],
  ['live', 'surface-0'],
  ['warn', 'surface-0'],
] as const

describe.each(['dark', 'light'] as const)('the %s theme', (theme) => {
  const tokens = tokensOf(theme)
  const ratio = (one: string, other: string) => {
    const [a, b] = [parseHex(tokens[one] ?? ''), parseHex(tokens[other] ?? '')]
    if (!a || !b) throw new Error(`no such token: ${one} or ${other}`)
    return contrast(a, b)
  }

  it.each(textPairs)('%s can be read on %s', (ink, surface) => expect(ratio(ink, surface)).toBeGreaterThanOrEqual(4.5))

  it.each(markPairs)('%s can be told from %s', (mark, surface) =>
    expect(ratio(mark, surface)).toBeGreaterThanOrEqual(3),
  )

  it('is the one that names are made readable for', () => expect(tokens['surface-1']).toBe(rowSurfaces[theme]))
})
