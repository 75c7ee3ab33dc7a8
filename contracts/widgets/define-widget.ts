/**
 * What a widget is: a name, a size, settings, the data it shows, and how that data looks in a preview. One definition gives
 * the settings' form, their check, their defaults, their type, and the preview; hub, dashboard and page all read this one.
 * Knows no widget by name.
 */
import { z } from 'zod'
import type { StateTopic, StateTopics } from '../topics.ts'
import { optionalColour } from './fields.ts'

/** Data that a widget shows: of one state topic what it needs, under the widget's own name for it. */
export interface DataSource<K extends StateTopic = StateTopic, T = unknown> {
  topic: K
  /** `id`: of the widget; `preview` in a preview. Must be pure. */
  read(state: StateTopics[K], id: string): T
}

/** Of a state topic what `read` takes from it. An overlay's token must be allowed to join the topic. */
export function fromState<K extends StateTopic, T>(topic: K, read: DataSource<K, T>['read']): DataSource<K, T> {
  return { topic, read }
}

type DataSources = Record<string, DataSource>
type Fields = Record<string, z.ZodDefault>

/** Settings that every widget has; the frame around the widget follows them. */
const lookFields = {
  accent: optionalColour({ label: 'Accent colour', none: 'As the show' }),
}
export type Look = { accent: string | null }

type SettingsOf<F extends Fields> = z.output<z.ZodObject<F & typeof lookFields>>
type DataOf<D extends DataSources> = {
  [N in keyof D]: D[N] extends { read(...given: never): infer T } ? T : never
}

/** The moment of a preview. */
export interface Simulation<S> {
  settings: S
  /** Whole seconds since the preview began; something should happen from one to the next. */
  second: number
  /** ms epoch */
  now: number
}

export interface WidgetDefinition<F extends Fields = Fields, D extends DataSources = DataSources> {
  title: string
  /** One sentence for the gallery: what viewers see. */
  description: string
  /** What it is drawn for, px; a layer or a window of another size shows the whole of it, scaled. */
  size: { width: number; height: number }
  settings: z.ZodObject<F & typeof lookFields>
  data: D
  /** What the preview shows. Must be pure. */
  simulate(moment: Simulation<SettingsOf<F>>): DataOf<D>
}

interface WidgetOptions<F extends Fields, D extends DataSources> {
  title: string
  description: string
  size: { width: number; height: number }
  /** Made by `fields.ts`; each has a default. */
  settings: F
  data: D
  simulate(moment: Simulation<SettingsOf<F>>): NoInfer<DataOf<D>>
}

/** Its kind is its name in the catalogue, `contracts/widgets.ts`. */
export function defineWidget<F extends Fields, D extends DataSources>(
  options: WidgetOptions<F, D>,
): WidgetDefinition<F, D> {
  return { ...options, settings: z.strictObject({ ...lookFields, ...options.settings }) as never }
}

/** As the page and the hub hold them, by the definition's type. */
export type SettingsOfWidget<W> = W extends { settings: infer S extends z.ZodType } ? z.output<S> : never
export type DataOfWidget<W> = W extends { data: infer D extends DataSources } ? DataOf<D> : never
