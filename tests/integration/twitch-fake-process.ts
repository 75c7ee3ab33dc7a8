/**
 * The fake Twitch as a process of its own, for benchmarks and end-to-end tests:
 * `node tests/integration/twitch-fake-process.ts [port]`. Prints one JSON line with what to configure, then takes
 * verbs from standard input, one JSON array a line (`["notify","channel.follow"]`), and answers each with one line.
 */
import { createInterface } from 'node:readline'
import { errorMessage } from '../../base/result.ts'
import { startFakeTwitch } from '../../electron/connections/twitch/fake.ts'

const fake = await startFakeTwitch({ port: Number(process.argv[2] ?? 0) })
const { accessToken, refreshToken } = fake.issueTokens()
const say = (line: unknown) => process.stdout.write(`${JSON.stringify(line)}\n`)
say({ ready: true, port: fake.port, clientId: fake.clientId, accessToken, refreshToken })

const verbs: Record<string, (...args: never[]) => unknown> = {
  notify: fake.notify.bind(fake),
  repeat: fake.repeat.bind(fake),
  reconnectSession: fake.reconnectSession.bind(fake),
  silence: fake.silence.bind(fake),
  speak: fake.speak.bind(fake),
  freeze: fake.freeze.bind(fake),
  thaw: fake.thaw.bind(fake),
  close: fake.close.bind(fake),
  drop: fake.drop.bind(fake),
  refuse: fake.refuse.bind(fake),
  accept: fake.accept.bind(fake),
  revoke: fake.revoke.bind(fake),
  revokeAuthorization: fake.revokeAuthorization.bind(fake),
  failCreation: fake.failCreation.bind(fake),
  approveDevice: fake.id.approveDevice.bind(fake.id),
  denyDevice: fake.id.denyDevice.bind(fake.id),
  expireTokens: fake.id.expireTokens.bind(fake.id),
  subscribedTypes: () => fake.subscribedTypes,
  /** Sets what can be read back, e.g. `["channel", {"followers": []}]`. */
  channel: (change: never) => void Object.assign(fake.channel, change),
}

function perform(line: string): unknown {
  try {
    const [verb, ...args] = JSON.parse(line)
    const act = verbs[verb]
    if (!act) return { error: `there is no verb "${verb}"; known are ${Object.keys(verbs).join(', ')}` }
    return { ok: act(...(args as never[])) ?? null }
  } catch (error) {
    return { error: errorMessage(error) }
  }
}

const input = createInterface({ input: process.stdin })
input.on('line', (line) => say(perform(line)))
const stop = async () => {
  input.close()
  await fake.dispose()
  process.exit(0)
}
process.on('SIGTERM', () => void stop())
process.on('SIGINT', () => void stop())
input.on('close', () => void stop())
