/**
 * Words and figures on an alert: counts and money in the streamer's locale, templates filled from fields. Whatever a
 * viewer typed is cleaned of what could break a line; a field that is not there becomes nothing, never `undefined`.
 */
import type { Money } from '../../../contracts/events/twitch.ts'

/** Values a template may name; nested ones as `reward.title`. */
export type Fields = Record<string, string>

export interface Wording {
  /** 1234567 as `1,234,567`. */
  figure(value: number): string
  /** 1 as `1 bit`, 500 as `500 bits`. */
  count(value: number, one: string, other: string): string
  /** Minor units as `€12.50`. */
  money(money: Money): string
  /** Every string and number of a payload, under its own name. */
  fieldsOf(payload: Record<string, unknown>): Fields
}

export function createWording(locale: string): Wording {
  const figures = new Intl.NumberFormat(locale)
  const plural = new Intl.PluralRules(locale)

  function flatten(fields: Fields, prefix: string, value: unknown): void {
    if (typeof value === 'string') fields[prefix] = clean(value)
    else if (typeof value === 'number') fields[prefix] = figures.format(value)
    else if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
      const dot = prefix === '' ? '' : `${prefix}.`
      for (const [key, inner] of Object.entries(value)) flatten(fields, dot + key, inner)
    }
  }

  return {
    figure: (value) => figures.format(value),
    count: (value, one, other) => `${figures.format(value)} ${plural.select(value) === 'one' ? one : other}`,
    money({ value, decimal_places: digits, currency }) {
      const style = {
        style: 'currency',
        currency,
        minimumFractionDigits: digits,
        maximumFractionDigits: digits,
      } as const
      return new Intl.NumberFormat(locale, style).format(value / 10 ** digits)
    },
    fieldsOf(payload) {
      const fields: Fields = {}
      flatten(fields, '', payload)
      return fields
    },
  }
}

/** Fills `{name}` from `fields`; unknown names vanish with the space before them. */
export function fillTemplate(template: string, fields: Fields): string {
  const filled = template.replace(/\{([\w.-]+)\}/g, (_, name: string) =>
    Object.hasOwn(fields, name) ? (fields[name] ?? '') : '',
  )
  return filled.replace(/\s+/g, ' ').trim()
}

/** One line of plain text: no control characters, no direction overrides, no runs of space. */
export function clean(text: string): string {
  return cleanPart(text).trim()
}

/** Like `clean`, of a piece of a line: a space at its ends may belong to what is beside it. */
export function cleanPart(text: string): string {
  return text
    .replace(/[\p{Cc}\u2028\u2029]/gu, ' ')
    .replace(/[\u202a-\u202e\u2066-\u2069\ufeff]/g, '')
    .replace(/\s+/g, ' ')
}
