/** Who watches, in two words, out of its User-Agent. Pure. */

/** The first that is found names it: every browser claims to be the ones below it too. */
const programs: readonly { name: string; pattern: RegExp; digits: 1 | 2 }[] = [
  { name: 'OBS', pattern: /\bOBS\/([\d.]+)/, digits: 2 },
  { name: 'Streamlabs', pattern: /\b(?:SLOBS|Streamlabs(?: Desktop)?)\/([\d.]+)/i, digits: 2 },
  { name: 'Landale', pattern: /\blandale\/([\d.]+)/i, digits: 2 },
  { name: 'vMix', pattern: /\bvMix\/([\d.]+)/, digits: 1 },
  { name: 'Electron', pattern: /\bElectron\/([\d.]+)/, digits: 1 },
  { name: 'Edge', pattern: /\bEdgA?\/([\d.]+)/, digits: 1 },
  { name: 'Opera', pattern: /\bOPR\/([\d.]+)/, digits: 1 },
  { name: 'Firefox', pattern: /\b(?:Firefox|FxiOS)\/([\d.]+)/, digits: 1 },
  { name: 'Chrome', pattern: /(?:Headless)?(?:Chrome|CriOS)\/([\d.]+)/, digits: 1 },
  { name: 'Safari', pattern: /\bVersion\/([\d.]+).*Safari\//, digits: 1 },
]

/** `OBS 30.2`, `Chrome 128`; the first word of what is none of these, e.g. `curl 8.5`. */
export function agentName(agent: string | null): string {
  const text = agent?.trim() ?? ''
  for (const { name, pattern, digits } of programs) {
    const version = pattern.exec(text)?.[1]
    if (version) return `${name} ${shortVersion(version, digits)}`
  }
  const [, name, version] = /^([\w.-]{1,24})\/?([\d.]*)/.exec(text) ?? []
  if (!name || name === 'Mozilla') return 'Unknown program'
  return version ? `${name} ${shortVersion(version, 2)}` : name
}

function shortVersion(version: string, digits: number): string {
  return version.split('.').filter(Boolean).slice(0, digits).join('.')
}
