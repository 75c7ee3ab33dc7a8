/**
 * `npm run new-widget NAME`: writes the files of a new kind of widget and puts it into the two catalogues. What it makes is
 * complete: it has a form, a preview and a test, and `npm run check` is green. Refuses a name that is taken.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

const KIND = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/
const MAX_KIND_LENGTH = 40

/** `Lap counter`, `lapCounter` and `lap-counter` are the kind `lap-counter`. */
export function namesOf(given) {
  const kind = given
    .trim()
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[\s_]+/g, '-')
  if (!KIND.test(kind) || kind.length > MAX_KIND_LENGTH) {
    throw new Error(`"${given}" is no name for a widget; use letters, digits and hyphens, e.g. lap-counter`)
  }
  const words = kind.split('-')
  const pascal = words.map((word) => word[0].toUpperCase() + word.slice(1)).join('')
  const camel = pascal[0].toLowerCase() + pascal.slice(1)
  const title = words.join(' ')
  return { kind, pascal, camel, title: title[0].toUpperCase() + title.slice(1) }
}

/** Makes it in the project at `root`; answers the files, below `root`, that were written or changed. */
export function createWidget(root, given) {
  const names = namesOf(given)
  const { kind } = names
  const files = filesOf(names)
  const taken = Object.keys(files).find((path) => existsSync(join(root, path)))
  if (taken) throw new Error(`there is a widget "${kind}" already: ${taken}; choose another name`)
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true })
    writeFileSync(join(root, path), content)
  }
  const changed = {
    'contracts/widgets.ts': (source) => inCatalogue(source, names),
    'overlays/widgets/widget-components.ts': (source) => inComponents(source, names),
  }
  for (const [path, change] of Object.entries(changed)) {
    writeFileSync(join(root, path), change(readFileSync(join(root, path), 'utf8')))
  }
  return [...Object.keys(files), ...Object.keys(changed)]
}

function inCatalogue(source, { kind, camel }) {
  const ours = /^import .* from '(\.\/widgets\/[^']+)'$/
  const line = `import { ${camel}Widget } from './widgets/${kind}.ts'`
  const lines = source.split('\n')
  const imports = [...lines.filter((text) => ours.test(text)), line]
  const pathOf = (text) => ours.exec(text)?.[1] ?? ''
  imports.sort((a, b) => (pathOf(a) < pathOf(b) ? -1 : 1))
  const first = lines.findIndex((text) => ours.test(text))
  const rest = lines.filter((text) => !ours.test(text))
  const merged = [...rest.slice(0, first), ...imports, ...rest.slice(first)].join('\n')
  return withEntry(merged, 'export const widgetDefinitions = {', `  ${keyOf(kind)}: ${camel}Widget,`)
}

function inComponents(source, { kind, pascal }) {
  const entry = `  ${keyOf(kind)}: async () => (await import('./${kind}/${kind}-widget.tsx')).${pascal}Widget,`
  return withEntry(source, 'export const widgetComponents', entry)
}

/** At the end of the object literal that begins in the line which begins with `start`. */
function withEntry(source, start, entry) {
  const from = source.indexOf(start)
  const end = source.indexOf('\n}', from)
  if (from < 0 || end < 0) throw new Error(`"${start}" was not found in the catalogue; add the widget there by hand`)
  return `${source.slice(0, end)}\n${entry}${source.slice(end)}`
}

function keyOf(kind) {
  return kind.includes('-') ? `'${kind}'` : kind
}

function filesOf({ kind, pascal, camel, title }) {
  const folder = `overlays/widgets/${kind}`
  return {
    [`contracts/widgets/${kind}.ts`]: `import { defineWidget, fromState } from './define-widget.ts'
import { choice, text } from './fields.ts'

export const ${camel}Widget = defineWidget({
  title: '${title}',
  description: 'What viewers see of it, in one sentence.',
  size: { width: 480, height: 180 },
  settings: {
    heading: text({ label: 'Heading', hint: 'Empty: none.', default: '${title}', maxLength: 40 }),
    size: choice({ label: 'Size', options: { small: 'Small', large: 'Large' }, default: 'large' }),
  },
  data: { show: fromState('state:producer', ({ show }) => show.name) },
  simulate: ({ second }) => ({ show: second % 10 < 5 ? 'Variety' : 'Coding' }),
})
`,
    [`${folder}/${kind}-widget.tsx`]: `/** What viewers see of the ${title.toLowerCase()}. */
import { FittedText } from '../../text/fitted-text.tsx'
import { Plate } from '../plate.tsx'
import type { WidgetProps } from '../widget-props.ts'
import './${kind}-widget.css'

const WORDS_WIDTH_PX = 408
const SIZES_PX = { small: 30, large: 48 } as const

export function ${pascal}Widget(props: WidgetProps<'${kind}'>) {
  return (
    <Plate heading={props.settings.heading}>
      <p class="${kind}-words">
        <FittedText text={props.data.show} maxWidth={WORDS_WIDTH_PX} sizePx={SIZES_PX[props.settings.size]} />
      </p>
    </Plate>
  )
}
`,
    [`${folder}/${kind}-widget.css`]: `.${kind}-words {
  margin: 0;
  line-height: 60px;
}
`,
    [`${folder}/${kind}-widget.test.tsx`]: `import { describe, expect, it } from 'vitest'
import { HOSTILE_NAMES, showWidget } from '../testing/show-widget.tsx'

describe('the widget ${kind}', () => {
  it('shows what it is given, and follows its settings', async () => {
    const widget = await showWidget('${kind}', { data: { show: 'Variety' } })
    expect(widget.text()).toBe('${title}Variety')
    widget.setSettings({ heading: 'Now' })
    expect(widget.text()).toBe('NowVariety')
    widget.end()
  })

  it('shows words as words, whatever they are', async () => {
    for (const name of HOSTILE_NAMES) {
      const widget = await showWidget('${kind}', { data: { show: name } })
      expect(widget.container.querySelectorAll('img, script')).toHaveLength(0)
      expect(widget.dropped).toEqual([])
      widget.end()
    }
  })
})
`,
  }
}

function main([given]) {
  const root = join(import.meta.dirname, '..')
  if (!given) {
    console.error('usage: npm run new-widget NAME, e.g. npm run new-widget lap-counter')
    return 2
  }
  try {
    const files = createWidget(root, given)
    spawnSync(process.execPath, [join(root, 'node_modules/@biomejs/biome/bin/biome'), 'check', '--write', ...files], {
      cwd: root,
      stdio: 'ignore',
    })
    console.log(`${files.join('\n')}\n\nIt is in the dashboard under Widgets after the next "npm run build".`)
    console.log(`Its test: npx vitest run overlays/widgets/${namesOf(given).kind}`)
    return 0
  } catch (error) {
    console.error(error.message)
    return 1
  }
}

if (process.argv[1] && import.meta.url === pathToFileURL(process.argv[1]).href) {
  process.exitCode = main(process.argv.slice(2))
}
