import { z } from 'zod'
import { command } from '../command.ts'
import { ironmonAttemptSchema, ironmonCheckpointSchema, ironmonProfileNameSchema } from '../ironmon.ts'

export const ironmonCommands = {
  'ironmon.listen': command({ title: 'Retry the IronMON port now', scope: 'ironmon' }),
  /** Of the run that is played. */
  'ironmon.checkpoint.set': command({
    title: 'Mark a checkpoint as cleared, or take it back',
    scope: 'ironmon',
    args: z.strictObject({ checkpoint: ironmonCheckpointSchema, cleared: z.boolean() }),
  }),
  'ironmon.run.end': command({ title: 'End the run as lost', scope: 'ironmon' }),
  'ironmon.run.reopen': command({ title: 'Go on with a run that was ended', scope: 'ironmon' }),
  /** Renames the run that is played; starts one when there is none. */
  'ironmon.attempt.set': command({
    title: 'Correct the attempt number',
    scope: 'ironmon',
    args: z.strictObject({ attempt: ironmonAttemptSchema }),
  }),
  /** Attempt numbers count from the start again in each profile. A name that is not known makes a new profile. */
  'ironmon.profile.set': command({
    title: 'Choose the profile',
    scope: 'ironmon',
    args: z.strictObject({
      profile: ironmonProfileNameSchema,
      /** True: the run that is played was of this profile all along, and moves there. */
      moveRun: z.boolean().default(false),
    }),
  }),
} as const
