/**
 * The fields of a definition as a form shows them: where each stands, what it is called, and whether it says only *how*
 * something runs (safe) or *what*. The agent alone knows their schema and has the last word; what is not listed here goes
 * through untouched. Pure.
 */

export type Definition = Record<string, unknown>

interface FieldBase {
  /** As in the file and in the agent's own errors, e.g. `restart.maxRestarts`. */
  path: string
  label: string
  hint?: string
  /** May be changed where the machine allows safe edits. */
  isSafe: boolean
  /** Shown only for such definitions. */
  when?: (definition: Definition) => boolean
}

export type DefinitionField = FieldBase &
  (
    | { kind: 'text' | 'lines' | 'words' | 'pairs' | 'check' }
    | {
        kind: 'number'
        min: number
        max: number /** How many of the file's units are one of the form's. */
        per: number
      }
    | { kind: 'choice'; options: Record<string, string> }
    /** Chooses between whole objects. '' is none. */
    | { kind: 'part'; tag: string; options: Record<string, string>; made: Record<string, Definition> }
  )

interface FieldGroup {
  title: string
  fields: DefinitionField[]
}

const SECOND_MS = 1000
const MEBIBYTE = 1024 * 1024

const has = (path: string, tag: string, value: string) => (definition: Definition) =>
  valueAt(definition, `${path}.${tag}`) === value
const hasHealth = (definition: Definition) => valueAt(definition, 'health') !== undefined
const restarts = (definition: Definition) => valueAt(definition, 'restart.policy') !== 'never'
const isAlive = (definition: Definition) => valueAt(definition, 'oneShot') !== true

export const definitionGroups: readonly FieldGroup[] = [
  {
    title: 'What it is',
    fields: [
      { path: 'name', label: 'Name', kind: 'text', isSafe: true },
      {
        path: 'command',
        label: 'Program',
        kind: 'text',
        isSafe: false,
        hint: 'Its file, with the whole path, or a name that the system finds. No shell reads it.',
      },
      { path: 'args', label: 'Arguments', kind: 'lines', isSafe: false, hint: 'One on each line.' },
      { path: 'cwd', label: 'Folder it runs in', kind: 'text', isSafe: false },
      { path: 'env', label: 'Environment', kind: 'pairs', isSafe: false, hint: 'NAME=value, one on each line.' },
      { path: 'oneShot', label: 'It is meant to end', kind: 'check', isSafe: false },
    ],
  },
  {
    title: 'When it starts, and when it ends',
    fields: [
      { path: 'autostart', label: 'Start it with the agent', kind: 'check', isSafe: true },
      {
        path: 'dependsOn',
        label: 'Only after these run',
        kind: 'words',
        isSafe: true,
        hint: 'Ids, with commas between them.',
      },
      {
        path: 'restart.policy',
        label: 'When it ends by itself',
        kind: 'choice',
        isSafe: true,
        options: { never: 'Leave it', 'on-failure': 'Restart it if it failed', always: 'Restart it always' },
        when: isAlive,
      },
      {
        path: 'restart.maxRestarts',
        label: 'Restarts at most',
        kind: 'number',
        min: 0,
        max: 100_000,
        per: 1,
        isSafe: true,
        when: restarts,
      },
      {
        path: 'restart.windowMs',
        label: 'within, seconds',
        kind: 'number',
        min: 1,
        max: 86_400,
        per: SECOND_MS,
        isSafe: true,
        when: restarts,
      },
      {
        path: 'stop.graceMs',
        label: 'Time to end by itself, seconds',
        kind: 'number',
        min: 0,
        max: 600,
        per: SECOND_MS,
        isSafe: true,
      },
    ],
  },
  {
    title: 'Is it already running, is it well',
    fields: [
      {
        path: 'detect',
        label: 'How one that runs already is found',
        kind: 'part',
        tag: 'by',
        isSafe: false,
        options: {
          '': 'Not at all',
          executable: 'By the name of its file',
          pidFile: 'By its pid file',
          docker: 'By its containers',
        },
        made: {
          executable: { by: 'executable', name: '', args: [] },
          pidFile: { by: 'pidFile', path: '' },
          docker: { by: 'docker', containers: [] },
        },
      },
      {
        path: 'detect.name',
        label: 'Name of its file',
        kind: 'text',
        isSafe: false,
        when: has('detect', 'by', 'executable'),
      },
      { path: 'detect.path', label: 'Its pid file', kind: 'text', isSafe: false, when: has('detect', 'by', 'pidFile') },
      {
        path: 'detect.containers',
        label: 'Containers',
        kind: 'words',
        isSafe: false,
        when: has('detect', 'by', 'docker'),
      },
      {
        path: 'health',
        label: 'How its health is checked',
        kind: 'part',
        tag: 'type',
        isSafe: false,
        options: { '': 'Not at all', http: 'By a web address', tcp: 'By a port', command: 'By a program' },
        made: {
          http: { type: 'http', url: 'http://127.0.0.1:' },
          tcp: { type: 'tcp', host: '127.0.0.1', port: 80 },
          command: { type: 'command', command: '', args: [] },
        },
      },
      { path: 'health.url', label: 'Web address', kind: 'text', isSafe: false, when: has('health', 'type', 'http') },
      { path: 'health.host', label: 'Host', kind: 'text', isSafe: false, when: has('health', 'type', 'tcp') },
      {
        path: 'health.port',
        label: 'Port',
        kind: 'number',
        min: 1,
        max: 65_535,
        per: 1,
        isSafe: false,
        when: has('health', 'type', 'tcp'),
      },
      {
        path: 'health.command',
        label: 'Program that checks it',
        kind: 'text',
        isSafe: false,
        when: has('health', 'type', 'command'),
      },
      {
        path: 'health.args',
        label: 'Its arguments',
        kind: 'lines',
        isSafe: false,
        when: has('health', 'type', 'command'),
      },
      {
        path: 'health.intervalMs',
        label: 'Every, seconds',
        kind: 'number',
        min: 1,
        max: 3600,
        per: SECOND_MS,
        isSafe: true,
        when: hasHealth,
      },
      {
        path: 'health.timeoutMs',
        label: 'No answer after, seconds',
        kind: 'number',
        min: 1,
        max: 60,
        per: SECOND_MS,
        isSafe: true,
        when: hasHealth,
      },
      {
        path: 'health.failures',
        label: 'Unhealthy after so many',
        kind: 'number',
        min: 1,
        max: 100,
        per: 1,
        isSafe: true,
        when: hasHealth,
      },
      {
        path: 'health.restart',
        label: 'Restart it when it is unhealthy',
        kind: 'check',
        isSafe: true,
        when: hasHealth,
      },
    ],
  },
  {
    title: 'Its log',
    fields: [
      { path: 'logs.lines', label: 'Lines at hand', kind: 'number', min: 10, max: 20_000, per: 1, isSafe: true },
      {
        path: 'logs.maxBytes',
        label: 'A file grows to, MB',
        kind: 'number',
        min: 1,
        max: 1024,
        per: MEBIBYTE,
        isSafe: true,
      },
      { path: 'logs.files', label: 'Older files kept', kind: 'number', min: 0, max: 100, per: 1, isSafe: true },
    ],
  },
]

const paths = definitionGroups.flatMap(({ fields }) => fields.map(({ path }) => path))

/** What a new one begins with. */
export function newDefinition(): Definition {
  return { id: '', name: '', command: '', args: [], autostart: false, restart: { policy: 'never' } }
}

export function valueAt(definition: Definition, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (isObject(value) ? value[key] : undefined), definition)
}

/** A copy with the value there; without it when it is undefined. */
export function withValue(definition: Definition, path: string, value: unknown): Definition {
  const [key = '', ...rest] = path.split('.')
  const former = definition[key]
  const next = rest.length === 0 ? value : withValue(isObject(former) ? former : {}, rest.join('.'), value)
  if (next !== undefined) return { ...definition, [key]: next }
  const { [key]: _gone, ...others } = definition
  return others
}

/** The field to which a fault belongs, by the agent's path (`definition.health.url`, `args[1]`); null: none of them. */
export function fieldOfFault(path: string): string | null {
  const plain = path.replace(/^definition\.?/, '')
  const candidates = ['id', ...paths].filter(
    (field) => plain === field || plain.startsWith(`${field}.`) || plain.startsWith(`${field}[`),
  )
  // `health.url` is nearer than `health`.
  return candidates.reduce<string | null>(
    (best, field) => (best === null || field.length > best.length ? field : best),
    null,
  )
}

/** What is wrong there, without whose it is and where, which is said by where it stands. */
export function faultAtField(message: string, path: string): string {
  const at = path === '' ? -1 : message.indexOf(path)
  const words = at < 0 ? message : message.slice(at + path.length).replace(/^:?\s+/, '')
  return words.charAt(0).toUpperCase() + words.slice(1)
}

/** `NAME=value` on lines; what has no name is left out. */
export function pairsOf(text: string): Record<string, string> {
  const pairs = text.split('\n').flatMap((line) => {
    const at = line.indexOf('=')
    return at > 0 ? [[line.slice(0, at).trim(), line.slice(at + 1)] as const] : []
  })
  return Object.fromEntries(pairs)
}

export function textOfPairs(value: unknown): string {
  return isObject(value)
    ? Object.entries(value)
        .map(([name, text]) => `${name}=${String(text)}`)
        .join('\n')
    : ''
}

function isObject(value: unknown): value is Definition {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
