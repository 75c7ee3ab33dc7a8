/** Which lines of the chat are seen now, and when that changes by itself. Pure. */
import type { ChatLine } from '../../../contracts/state/chat.ts'
import type { WidgetSettings } from '../../../contracts/widgets.ts'

type Settings = Pick<WidgetSettings<'chat'>, 'most' | 'fade' | 'delay' | 'hideCommands' | 'hiddenUsers'>

interface Visible {
  /** Oldest first. */
  lines: ChatLine[]
  /** Hub time, ms epoch; null: not without news. */
  changesAt: number | null
}

/** `now`: hub time, ms epoch. */
export function visibleLines(all: readonly ChatLine[], settings: Settings, now: number): Visible {
  const hidden = new Set(settings.hiddenUsers.map((login) => login.toLowerCase()))
  let changesAt: number | null = null
  const changes = (at: number) => {
    changesAt = changesAt === null ? at : Math.min(changesAt, at)
  }
  const lines = [...all]
    .filter((line) => !hidden.has(line.user_login.toLowerCase()) && !(settings.hideCommands && isCommand(line)))
    .sort((a, b) => a.seq - b.seq)
    .filter(({ at }) => {
      const comesAt = at + settings.delay * 1000
      const goesAt = settings.fade === 0 ? Number.POSITIVE_INFINITY : comesAt + settings.fade * 1000
      if (comesAt > now) changes(comesAt)
      else if (goesAt > now && Number.isFinite(goesAt)) changes(goesAt)
      return comesAt <= now && goesAt > now
    })
  return { lines: lines.slice(-settings.most), changesAt }
}

function isCommand({ fragments }: ChatLine): boolean {
  return fragments[0]?.text.trimStart().startsWith('!') ?? false
}
