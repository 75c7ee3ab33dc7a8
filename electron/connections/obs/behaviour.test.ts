import { type AskingSubject, describeAskingBehaviour, describeConnectionBehaviour } from '../behaviour-suite.ts'
import { HEARTBEAT_INTERVAL_MS } from './connection.ts'
import { FakeObs } from './fake.ts'
import { HEARTBEAT_DEADLINE_MS, REQUEST_DEADLINE_MS } from './session.ts'
import { createTestConnection } from './testing.ts'

async function createSubject(): Promise<AskingSubject> {
  const obs = new FakeObs({ password: 'secret' })
  await obs.start()
  const { connection, clock, commands, bus } = createTestConnection(obs.url, { password: 'secret' })
  return {
    connection,
    clock,
    server: {
      accept: () => obs.accept(),
      refuse: () => obs.refuse('connection'),
      refuseCredentials: () => {
        obs.refuse(4009)
        obs.close(4009)
      },
      drop: () => obs.drop(),
      freeze: () => obs.freeze(),
      thaw: () => obs.thaw(),
      get attempts() {
        return obs.attempts
      },
    },
    silenceMs: HEARTBEAT_INTERVAL_MS + HEARTBEAT_DEADLINE_MS,
    maxBackoffMs: 10_000,
    request: async () => {
      const answer = await commands.run('obs.scene.set', { scene: 'Scene B' })
      if (answer.status === 'rejected') throw new Error(answer.error.message)
    },
    requestDeadlineMs: REQUEST_DEADLINE_MS,
    dispose: async () => {
      connection.dispose()
      bus.dispose()
      await obs.stop()
    },
  }
}

describeConnectionBehaviour('obs', createSubject)
describeAskingBehaviour('obs', createSubject)
