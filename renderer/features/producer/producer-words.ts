/** The producer's contents and reasons in the words the dashboard uses. Pure. */
import type { Content, ContentLayer, ContentType } from '../../../contracts/content.ts'
import type { TakeoverType } from '../../../contracts/show.ts'
import type { CurrentShow } from '../../../contracts/state/producer.ts'
import { count, counted } from '../../state/format.ts'

export const contentTypeWords: Record<ContentType, string> = {
  'emote-stats': 'Emotes',
  'recent-follows': 'Recent follows',
  'daily-stats': 'Today',
  'stream-goals': 'Goals',
  'latest-event': 'Latest event',
  'recent-events': 'Latest events',
  'sub-train': 'Sub train',
  message: 'Message',
  'run-statistics': 'Run',
  'run-progression': 'Checkpoints',
}

export const layerWords: Record<ContentLayer, string> = {
  foreground: 'Front',
  midground: 'Middle',
  background: 'Back',
}

export const takeoverWords: Record<TakeoverType, string> = {
  'please-stand-by': 'Please stand by',
  'technical-difficulties': 'Technical difficulties',
  'screen-cover': 'Cover, no words',
  custom: 'My own words',
}

/** What it says right now, in one line; null where its name says enough. */
export function contentInWords(content: Content): string | null {
  switch (content.type) {
    case 'message':
      return content.message
    case 'sub-train':
      return `${counted(content.count, 'sub')}, latest ${content.latest_user_name}`
    case 'latest-event':
      return content.latest && nameOf(content.latest)
    case 'recent-events':
      return content.events.map(({ did }) => nameOf(did)).join(', ')
    case 'recent-follows':
      return content.follows.map(({ user_name }) => user_name).join(', ')
    case 'emote-stats':
      return (content.today.length > 0 ? content.today : content.all_time)
        .map(({ name }) => name)
        .slice(0, 3)
        .join(', ')
    case 'daily-stats':
      return `${counted(content.messages, 'message')}, ${counted(content.follows, 'follow')}`
    case 'stream-goals':
      return content.goals
        .map(({ current_amount, target_amount }) => `${count(current_amount)} of ${count(target_amount)}`)
        .join(', ')
    case 'run-statistics':
      return content.run_number === null ? null : `Attempt ${count(content.run_number)}`
    case 'run-progression':
      return content.current_checkpoint
  }
}

function nameOf(latest: NonNullable<Extract<Content, { type: 'latest-event' }>['latest']>): string {
  return latest.event === 'twitch.channel.raid' ? latest.from_broadcaster_user_name : (latest.user_name ?? 'Anonymous')
}

/** Why this show runs. */
export function reasonInWords({ why, category }: CurrentShow): string {
  switch (why) {
    case 'manual':
      return 'You chose it. It stays until you let the category choose.'
    case 'category-id':
    case 'category-name':
      return `Chosen by the category ${category?.name ?? ''}`.trim()
    case 'default':
      return category ? `No show asks for the category ${category.name}` : 'The category is not known yet'
  }
}
