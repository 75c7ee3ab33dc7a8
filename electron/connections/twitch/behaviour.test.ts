import { describeConnectionBehaviour } from '../behaviour-suite.ts'
import { createTwitchRig } from './testing.ts'

describeConnectionBehaviour('twitch', async () => {
  const rig = await createTwitchRig()
  const { fake } = rig
  return {
    connection: rig.connection,
    clock: rig.clock,
    silenceMs: 12_000,
    maxBackoffMs: 30_000,
    server: {
      accept: () => fake.accept(),
      refuse: () => fake.refuse(),
      refuseCredentials: () => fake.revokeAuthorization(),
      drop: () => fake.drop(),
      freeze: () => fake.freeze(),
      thaw: () => fake.thaw(),
      get attempts() {
        return fake.attempts
      },
    },
    dispose: () => rig.dispose(),
  }
})
