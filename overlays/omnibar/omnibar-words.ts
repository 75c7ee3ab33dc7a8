/** Words and figures of the omnibar. Pure. */
import type { ViewerEvent } from '../../contracts/content.ts'

export type Tier = '1000' | '2000' | '3000'

const figures = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const plural = new Intl.PluralRules('en')

/** 1234567 as `1,234,567`. */
export function figure(value: number): string {
  return figures.format(value)
}

/** Where room is scarce: 250,000 as it is, 1234567 as `1.2M`. */
export function shortFigure(value: number): string {
  return value < 1_000_000 ? figure(value) : short.format(value)
}

/** `1 sub`, `5 subs`. */
export function counted(value: number, one: string, other: string): string {
  return `${figure(value)} ${noun(value, one, other)}`
}

/** Of the two the one that goes with `value`. */
export function noun(value: number, one: string, other: string): string {
  return plural.select(value) === 'one' ? one : other
}

/** 12.5 as `12.5%`, 12 as `12%`. */
export function percent(value: number): string {
  return `${Math.round(value * 10) / 10}%`
}

export function tierWords(tier: Tier): string {
  return `Tier ${tier.charAt(0)}`
}

/** 271_000 as `4:31`, 3_600_000 as `1:00:00`; whole seconds, rounded up: at 0:00 it is over. */
export function clockWords(ms: number): string {
  const total = Math.max(0, Math.ceil(ms / 1000))
  const seconds = String(total % 60).padStart(2, '0')
  const minutes = Math.floor(total / 60) % 60
  const hours = Math.floor(total / 3600)
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${seconds}` : `${minutes}:${seconds}`
}

export interface LatestWords {
  /** What kind of thing it was: `Latest follow`. */
  label: string
  who: string
  did: string
}

const ANONYMOUS = 'Anonymous'

export function latestWords(latest: ViewerEvent): LatestWords {
  switch (latest.event) {
    case 'twitch.channel.follow':
      return { label: 'Latest follow', who: latest.user_name, did: 'followed' }
    case 'twitch.channel.subscribe': {
      const did = latest.is_gift ? 'was given a sub' : 'subscribed'
      return { label: 'Latest sub', who: latest.user_name, did: `${did} · ${tierWords(latest.tier)}` }
    }
    case 'twitch.channel.subscription.message': {
      const months = counted(latest.cumulative_months, 'month', 'months')
      return { label: 'Latest sub', who: latest.user_name, did: `${months} · ${tierWords(latest.tier)}` }
    }
    case 'twitch.channel.subscription.gift': {
      const did = `gifted ${counted(latest.total, 'sub', 'subs')}`
      return { label: 'Latest gift', who: latest.user_name ?? ANONYMOUS, did }
    }
    case 'twitch.channel.cheer': {
      const did = `cheered ${counted(latest.bits, 'bit', 'bits')}`
      return { label: 'Latest cheer', who: latest.user_name ?? ANONYMOUS, did }
    }
    case 'twitch.channel.raid': {
      const did = `raided with ${counted(latest.viewers, 'viewer', 'viewers')}`
      return { label: 'Latest raid', who: latest.from_broadcaster_user_name, did }
    }
  }
}
