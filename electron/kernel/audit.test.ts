import { expect, it } from 'vitest'
import { recordCommand } from './audit.ts'
import type { EventDraft } from './bus.ts'
import type { CommandRecord } from './commands.ts'

const record: CommandRecord = {
  command: 'obs.scene.set',
  actor: 'stream deck',
  args: { scene: 'A' },
  context: { id: 'c1', correlationId: 'k1', actor: { name: 'stream deck', scopes: ['obs'] } },
  durationMs: 3,
  answer: { status: 'committed', result: {} },
}

async function published(of: CommandRecord): Promise<EventDraft> {
  const drafts: EventDraft[] = []
  const publish = async (draft: EventDraft) => {
    drafts.push(draft)
    return undefined as never
  }
  await recordCommand({ publish: publish as never }, of)
  const [draft] = drafts
  if (!draft) throw new Error('nothing was published')
  return draft
}

it('records a committed command as its cause', async () => {
  expect(await published(record)).toEqual({
    type: 'system.command.committed',
    source: 'landale',
    payload: { command: 'obs.scene.set', actor: 'stream deck', args: { scene: 'A' }, durationMs: 3 },
    causedBy: { id: 'c1', correlationId: 'k1' },
  })
})

it('records a rejected one with its reason', async () => {
  const answer = { status: 'rejected', error: { code: 'not_found', message: 'no scene "A"' } } as const
  expect(await published({ ...record, answer })).toMatchObject({
    type: 'system.command.rejected',
    payload: { code: 'not_found', message: 'no scene "A"' },
  })
})

it('leaves out what is said all the time, but for refusals', async () => {
  const often = { ...record, command: 'transcription.submit', args: { text: 'hello' } }
  await expect(published(often)).rejects.toThrow('nothing was published')
  const answer = { status: 'rejected', error: { code: 'forbidden', message: 'no' } } as const
  expect(await published({ ...often, answer })).toMatchObject({ type: 'system.command.rejected' })
})

it('leaves out arguments that are too long', async () => {
  expect(await published({ ...record, args: { scene: 'x'.repeat(5000) } })).toMatchObject({
    payload: { args: '[5012 characters left out]' },
  })
})
