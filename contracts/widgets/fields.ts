/**
 * The fields of a widget's settings: each is a zod schema with a default, and carries what a form needs to draw it. Knows no
 * widget and no form.
 */
import { z } from 'zod'

export type Control =
  | { kind: 'text'; maxLength: number }
  | { kind: 'number'; min: number; max: number; step: number; unit: string }
  /** A number that is found by moving it rather than by typing it. */
  | { kind: 'range'; min: number; max: number; step: number; unit: string }
  /** `none`: what it is called when no colour is chosen. */
  | { kind: 'colour'; none: string }
  | { kind: 'toggle' }
  | { kind: 'choice'; options: readonly { value: string; label: string }[] }
  /** Lines of text. */
  | { kind: 'list'; most: number; maxLength: number }

export interface FieldWords {
  label: string
  hint?: string | undefined
}

interface Field extends FieldWords {
  control: Control
}

const fields = z.registry<Field>()

/** What a form draws for a field that was made here. Throws for any other schema: that is a bug in the widget's definition. */
export function fieldOf(schema: z.core.$ZodType): Field {
  const field = fields.get(schema)
  if (!field) throw new Error('a setting of a widget was not made by contracts/widgets/fields.ts')
  return field
}

function register<S extends z.ZodType>(schema: S, { label, hint }: FieldWords, control: Control): S {
  fields.add(schema, { label, hint, control })
  return schema
}

/** One line. */
export function text(options: FieldWords & { default: string; maxLength?: number }) {
  const { maxLength = 100 } = options
  const schema = z.string().max(maxLength, `use at most ${maxLength} characters`).default(options.default)
  return register(schema, options, { kind: 'text', maxLength })
}

interface NumberOptions extends FieldWords {
  default: number
  min: number
  max: number
  step?: number
  /** Shown behind it, e.g. `s` or `px`. */
  unit?: string
}

function numberSchema({ default: standard, min, max, step = 1 }: NumberOptions) {
  const schema = z.number('use a number').min(min, `use ${min} or more`).max(max, `use ${max} or less`)
  return (Number.isInteger(step) ? schema.int('use a whole number') : schema).default(standard)
}

export function number(options: NumberOptions) {
  const { min, max, step = 1, unit = '' } = options
  return register(numberSchema(options), options, { kind: 'number', min, max, step, unit })
}

export function range(options: NumberOptions) {
  const { min, max, step = 1, unit = '' } = options
  return register(numberSchema(options), options, { kind: 'range', min, max, step, unit })
}

const colourSchema = z.string().regex(/^#[0-9a-f]{6}$/i, 'use a colour like #7c4dff')

/** `none`: what it is called when no colour is chosen, e.g. "As the show"; that is the default. */
export function optionalColour(options: FieldWords & { none: string }) {
  return register(colourSchema.nullable().default(null), options, { kind: 'colour', none: options.none })
}

export function toggle(options: FieldWords & { default: boolean }) {
  return register(z.boolean().default(options.default), options, { kind: 'toggle' })
}

/** `options`: value and what it is called, in the order they are offered. */
export function choice<const O extends Record<string, string>>(
  options: FieldWords & { options: O; default: keyof O & string },
) {
  const values = Object.keys(options.options) as (keyof O & string)[]
  const schema = z.enum(values as [keyof O & string, ...(keyof O & string)[]]).default(options.default as never)
  const offered = values.map((value) => ({ value, label: options.options[value] as string }))
  return register(schema, options, { kind: 'choice', options: offered })
}

export function list(options: FieldWords & { default: readonly string[]; most: number; maxLength?: number }) {
  const { most, maxLength = 100 } = options
  const line = z.string().trim().min(1, 'leave no line empty').max(maxLength, `use at most ${maxLength} characters`)
  const schema = z
    .array(line)
    .max(most, `use at most ${most} lines`)
    .default([...options.default])
  return register(schema, options, { kind: 'list', most, maxLength })
}
