/**
 * Who and what the simulator makes up: viewers, their words, games. Most of it is ordinary; the rest is what breaks layouts
 * on real streams: one letter, twenty-five wide ones, right-to-left, CJK, emoji, stacked marks.
 */
import type { SeededRandom } from './seeded-random.ts'

export interface Viewer {
  id: string
  login: string
  name: string
}

function viewer(id: number, name: string, login = name.toLowerCase()): Viewer {
  return { id: String(10_000_000 + id), login, name }
}

export const BROADCASTER: Viewer = viewer(1, 'Avalonstar')

const ORDINARY: readonly [Viewer, ...Viewer[]] = [
  viewer(101, 'Mira_Plays'),
  viewer(102, 'northwind_'),
  viewer(103, 'KettleBell'),
  viewer(104, 'saltmarsh'),
  viewer(105, 'Juniper42'),
  viewer(106, 'OttoVonQuack'),
  viewer(107, 'pixelfern'),
  viewer(108, 'LateTrain'),
  viewer(109, 'TheQuietOne'),
  viewer(110, 'brambleberry'),
  viewer(111, 'CaptainHaddock7'),
  viewer(112, 'noodle_incident'),
  viewer(113, 'Hexagonal'),
  viewer(114, 'ravenous_moth'),
  viewer(115, 'SundayDriver'),
]

/** Names that break layouts. */
const TRYING: readonly [Viewer, ...Viewer[]] = [
  viewer(116, 'x'),
  viewer(117, 'WWWWWWWWWWWWWWWWWWWWWWWWW'),
  viewer(118, 'The_Longest_Name_On_Twitch'.slice(0, 25)),
  viewer(119, '雪のしずく', 'yukinoshizuku'),
  viewer(120, '김밥천국', 'gimbap_heaven'),
  viewer(121, '深夜食堂老板', 'shenyeshitang'),
  viewer(122, 'ليلى_الرياض', 'layla_riyadh'),
  viewer(123, 'יונתן', 'yonatan_il'),
  viewer(124, 'Сергей_Котов', 'sergey_kotov'),
  viewer(125, '🦊✨🦊✨🦊', 'foxfoxfox'),
  viewer(126, '👩‍👩‍👧‍👦🏳️‍🌈', 'family_emoji'),
  viewer(127, 'Z̸̡̢͎͚̯͇͉̪̲̦͖͐́̏̂̈́̋̏̕ą̷͚̫̤͙͓̮̑̈́͊͋̕l̵̨̗̝̥̞̈̓̔̿̕g̴̛̦̖̤̼̅̾̃̂ͅo̵̩̮̓', 'zalgo_comes'),
]

export const VIEWERS: readonly [Viewer, ...Viewer[]] = [...ORDINARY, ...TRYING]

/** As rare as they are on a real channel, or a little less. */
const TRYING_SHARE = 0.2

export function pickViewer(random: SeededRandom): Viewer {
  return random.pick(random.chance(TRYING_SHARE) ? TRYING : ORDINARY)
}

export const GREETINGS: readonly [string, ...string[]] = [
  'hello from the other side of the world!',
  'first time catching this live',
  'good evening everyone avalonHOWDY',
  'made it! what did I miss?',
  'lurking while I cook, smells like garlic here',
]

export const CHATTER: readonly [string, ...string[]] = [
  'that jump was CLEAN PogChamp',
  'LUL',
  'avalonHYPE avalonHYPE avalonHYPE',
  'wait, go back, there was a chest on the left',
  'is this a blind run?',
  'no spoilers please Kappa',
  'the music in this area is so good',
  'gg',
  'I have been stuck on this boss for two weeks, watching you do it first try hurts',
  'hydrate!',
  'what’s the death counter at?',
  '今日も配信ありがとう！',
  'ㅋㅋㅋㅋㅋㅋ',
  'مساء الخير من الرياض',
  'שלום לכולם avalonHOWDY',
  'привет из Владивостока',
  '😂😂😂',
  'chat is moving so fast nobody will notice that I like pineapple on pizza',
  'Kappa Kappa Kappa',
  'can we talk about how the map <b>is not</b> bold? & that "quotes" work',
  'clip it! CLIP IT!',
  'my cat just walked over the keyboard ghjkl;;;;;;;;;;',
  'a rather long message, because some people write whole paragraphs in chat: about their day, about the game, about the ' +
    'time when they did the very same run with one hand while the soup boiled over, and none of it fits on one line',
  'o7',
]

export const HYPE: readonly [string, ...string[]] = [
  'avalonHYPE avalonHYPE',
  'LET’S GOOOO',
  'WELCOME RAIDERS avalonHOWDY',
  'PogChamp PogChamp PogChamp',
  'W streamer, W chat',
  '🎉🎉🎉',
]

export const RESUB_MESSAGES: readonly [string, ...string[]] = [
  'Another month, another run that ends at the first gym. Worth it.',
  'a whole year already?! thank you for keeping me company on night shifts',
  '14 ヶ月おめでとう自分',
  'still here, still lurking avalonLOVE',
  '',
]

/** Without the cheermotes that carry the bits: who changes the bits would leave them wrong. */
export const CHEER_MESSAGES: readonly [string, ...string[]] = [
  'for the new microphone',
  'that was the best ending I have seen all year, and I have seen it go wrong in every possible way',
  '',
  '🦊🦊🦊',
]

/** What the streamer says, as it is understood. */
export const SPOKEN: readonly [string, ...string[]] = [
  'Okay, deep breath, we can do this.',
  'Did you see that? It missed three times in a row!',
  'Welcome in, everyone who came with the raid.',
  'I think we should turn around before this goes wrong.',
  'If this works on the first try I will eat my hat, and if it does not I will eat lunch.',
]

export const REWARDS: readonly [Reward, ...Reward[]] = [
  { title: 'Hydrate', cost: 200, prompt: 'Take a sip.', input: false },
  { title: 'Name the next team member', cost: 5000, prompt: 'Twelve letters at most.', input: true },
  { title: 'Change the music', cost: 1000, prompt: 'Which song?', input: true },
  { title: 'Posture check', cost: 300, prompt: '', input: false },
]

export interface Reward {
  title: string
  cost: number
  prompt: string
  input: boolean
}

export const REWARD_INPUTS: readonly [string, ...string[]] = [
  'Sir Bubbles',
  'something from Chrono Trigger',
  'たまご',
  '…',
]

export const GAMES: readonly [Game, ...Game[]] = [
  { id: '13332', name: 'Pokémon FireRed/LeafGreen', title: 'Kaizo IronMON, attempt 1,274' },
  { id: '509658', name: 'Just Chatting', title: 'Coffee, news and your questions' },
  { id: '1469308723', name: 'Software and Game Development', title: 'Building the overlay live' },
]

export interface Game {
  id: string
  name: string
  title: string
}

export const SCENES: readonly [string, ...string[]] = [
  'Starting Soon',
  'Gameplay',
  'Just Chatting',
  'Be Right Back',
  'Ending',
]

export const EMOTES: Readonly<Record<string, string>> = {
  Kappa: '25',
  LUL: '425618',
  PogChamp: '305954156',
  avalonHYPE: 'emotesv2_hype',
  avalonHOWDY: 'emotesv2_howdy',
  avalonLOVE: 'emotesv2_love',
}

/** The channel's own emotes begin with it. */
export const EMOTE_PREFIX = 'avalon'
